using System.CommandLine;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>The `edgesim` command with its verbs.</summary>
public static class RootCommandFactory
{
    public static RootCommand Create() => new("Translates a live CARLA camera into realistic street video and keeps the labels true.")
    {
        DemoCommand.Create(),
        TownCommand.Create(),
        TranslateCommand.Create(),
        CollectCommand.Create(),
        PrepareCommand.Create(),
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        AblateCommand.Create(),
        GuardCommand.Create(),
        ExportCommand.Create(),
        BakeCommand.Create(),
        Fp16Command.Create(),
        InfoCommand.Create(),
        DoctorCommand.Create(),
    };
}
