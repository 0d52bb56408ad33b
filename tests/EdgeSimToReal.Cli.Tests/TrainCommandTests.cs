using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>`edgesim train` where edgesim-train is not what was built beside it: a program of that name, or none.</summary>
public class TrainCommandTests
{
    [Fact]
    public void WithoutTheTrainer_TheErrorTellsHowToGetIt()
    {
        using TemporaryFolder folder = new();
        string error = Run(CopyProgram(folder), folder.Path, "train", "segmenter").OneError(ExitCode.Missing);
        Assert.Contains("dotnet build -c Release src/EdgeSimToReal.Trainer", error);
    }

    [Fact]
    public void ATrainerOnThePath_GetsEveryArgument_AndItsExitCodeIsTheResult()
    {
        using TemporaryFolder folder = new();
        WriteTrainer(folder["bin/edgesim-train"], "printf '%s\\n' \"$@\"; exit 42");
        ProcessResult result = Run(CopyProgram(folder), folder["bin"], "train", "segmenter", "--help", "--set", "a=b ü", "--", "-o");
        Assert.Equal(42, result.Code);
        Assert.Equal("segmenter\n--help\n--set\na=b ü\n--\n-o\n", result.Text);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void ATrainerBesideTheProgram_ComesFirst_AndGetsItsSignals()
    {
        using TemporaryFolder folder = new();
        string program = CopyProgram(folder);
        WriteTrainer(folder["bin/edgesim-train"], "exit 1");
        WriteTrainer(Path.Combine(Path.GetDirectoryName(program)!, "edgesim-train"),
            "trap 'echo stopping; exit 130' TERM; echo ready; while :; do sleep 0.05; done");
        using ProgramProcess process = Start(program, folder["bin"], "train");
        Assert.Equal("ready", process.Lines.ReadLine());
        process.Signal(15);
        Assert.Equal("stopping", process.Lines.ReadLine());
        Assert.Equal(130, process.End([]).Code);
    }

    [Fact]
    public void TheHelp_NamesTheVerb() => Assert.Contains("train", Edgesim.Run("--help").Good().Text);

    private static ProcessResult Run(string program, string path, params string[] arguments)
    {
        using ProgramProcess process = Start(program, path, arguments);
        return process.Finish();
    }

    // The folder alone on the PATH: what is installed on this machine stays out of it.
    private static ProgramProcess Start(string program, string path, params string[] arguments) =>
        new(program, arguments, new Dictionary<string, string> { ["PATH"] = $"{path}:/usr/bin:/bin" });

    /// <summary>The program without its neighbours: managed parts alone, in a folder of its own.</summary>
    private static string CopyProgram(TemporaryFolder folder)
    {
        string target = Directory.CreateDirectory(folder["program"]).FullName;
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Append(Edgesim.Program).Append(Edgesim.Program + ".runtimeconfig.json"))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
        return Path.Combine(target, "edgesim");
    }

    private static void WriteTrainer(string path, string script)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
