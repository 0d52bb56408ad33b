using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.CommandLine;

/// <summary>Runs a command line: one clear message and an exit code for every error.</summary>
public static class CommandHost
{
    /// <summary>Parses and runs.</summary>
    /// <param name="root">The program's verbs.</param>
    /// <param name="args">What the program was given.</param>
    /// <param name="mendLibrary">What to do about a native library that does not load, as one sentence.</param>
    /// <returns>The process's exit code, one of <see cref="ExitCode"/>.</returns>
    public static int Run(RootCommand root, string[] args, string mendLibrary)
    {
        // A program that a script starts in the background inherits Ctrl-C's signal ignored, and would never end in good order.
        SignalDispositions.RestoreDefaults(SignalDispositions.Interrupt);
        System.Console.SetError(new LossyWriter(System.Console.Error)); // before Terminal takes it
        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            TellErrors(result, root);
            return (int)ExitCode.Usage;
        }
        try
        {
            // Commands that work for long watch for signals themselves; the library's own watch would end them after two seconds.
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (EdgeSimException error)
        {
            Terminal.Error(error.Message);
            return (int)error.ExitCode;
        }
        catch (DllNotFoundException error)
        {
            return TellMissing(error, mendLibrary);
        }
        catch (TypeInitializationException error) when (error.InnerException is DllNotFoundException)
        {
            return TellMissing(error.InnerException, mendLibrary);
        }
        catch (Exception error)
        {
            Terminal.Error($"This is a defect of {root.Name}, please report it: {error}");
            return (int)ExitCode.Internal;
        }
    }

    private static int TellMissing(Exception error, string mend)
    {
        Terminal.Error($"A native library does not load: {error.Message.Split('\n')[0].TrimEnd('.')}. {mend}");
        return (int)ExitCode.Missing;
    }

    private static void TellErrors(ParseResult result, RootCommand root)
    {
        Command command = result.CommandResult.Command;
        string help = command == root ? $"{root.Name} --help" : $"{root.Name} {command.Name} --help";
        if (command == root)
        {
            // The library's two errors for this (no command, an unknown word) tell less than what there is.
            string given = result.UnmatchedTokens is [var word, ..] ? $"There is no command '{word}'." : "No command was given.";
            Terminal.Error($"{given} Commands: {string.Join(", ", root.Subcommands.Select(verb => verb.Name))}. See '{help}'.");
            return;
        }
        foreach (ParseError error in result.Errors)
            Terminal.Error($"{error.Message.ReplaceLineEndings(" ").TrimEnd('.')}. See '{help}'.");
    }
}
