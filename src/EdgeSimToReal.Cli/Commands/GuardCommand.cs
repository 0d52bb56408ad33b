using System.CommandLine;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim guard`: puts a label guard into a bundle, calibrates it and tests it.</summary>
public static class GuardCommand
{
    public static Command Create() => new("guard", "The label guard of a model: add it, calibrate it, test it.")
    {
        GuardAddCommand.Create(),
        GuardCalibrateCommand.Create(),
        GuardTestCommand.Create(),
    };

    internal static Argument<string> Bundle() => new("bundle") { Description = "The bundle's folder." };
}
