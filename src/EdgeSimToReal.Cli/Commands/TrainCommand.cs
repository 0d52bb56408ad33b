using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeSimToReal.Cli.Training;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim train`: hands over to edgesim-train, the only program that carries libtorch (nearly 1 GB).</summary>
public static class TrainCommand
{
    private const string Verb = "train";

    public static Command Create()
    {
        Argument<string[]> arguments = new("arguments")
        {
            Description = $"What {TrainerProgram.Name} takes; '--help' explains it.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Command command = new(Verb, $"Train networks: hands over to {TrainerProgram.Name}.") { arguments };
        command.SetAction(parsed => HandOver(TrainerProgram.Locate(), parsed.GetValue(arguments) ?? []));
        return command;
    }

    /// <summary>Keeps what belongs to edgesim-train from being read as this program's options ("train --help").</summary>
    public static string[] Quote(string[] args) => args is [Verb, .. var rest] ? [Verb, "--", .. rest] : args;

    // The program takes this process's place, so that signals, exit code and terminal are its own.
    private static int HandOver(string program, string[] arguments)
    {
        string?[] all = [program, .. arguments, null];
        Execute(program, all);
        string reason = Marshal.GetLastPInvokeErrorMessage();
        throw new EdgeSimException($"Can't start '{program}': {reason}.", "Build it again.", ExitCode.Missing);
    }

    // LPStr is UTF-8 on Linux; arrays know no LPUTF8Str.
    [DllImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static extern int Execute([MarshalAs(UnmanagedType.LPStr)] string program,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments);
}
