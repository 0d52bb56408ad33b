using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Console;

/// <summary>Runs a command line: one clear message and an exit code for every error.</summary>
public static class CommandHost
{
    public static int Run(RootCommand root, string[] args)
    {
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
            return TellMissing(error);
        }
        catch (TypeInitializationException error) when (error.InnerException is DllNotFoundException)
        {
            return TellMissing(error.InnerException);
        }
        catch (Exception error)
        {
            Terminal.Error($"This is a defect of edgesim, please report it: {error}");
            return (int)ExitCode.Internal;
        }
    }

    private static int TellMissing(Exception error)
    {
        Terminal.Error($"A native library does not load: {error.Message.Split('\n')[0].TrimEnd('.')}. Run 'edgesim doctor'.");
        return (int)ExitCode.Missing;
    }

    private static void TellErrors(ParseResult result, RootCommand root)
    {
        Command command = result.CommandResult.Command;
        string help = command == root ? "edgesim --help" : $"edgesim {command.Name} --help";
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
