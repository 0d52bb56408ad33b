using System.CommandLine;
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
            foreach (System.CommandLine.Parsing.ParseError error in result.Errors)
                Terminal.Error(error.Message);
            Terminal.Note($"See 'edgesim {result.CommandResult.Command.Name} --help'.");
            return (int)ExitCode.Usage;
        }
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (EdgeSimException error)
        {
            Terminal.Error(error.Message);
            return (int)error.ExitCode;
        }
        catch (DllNotFoundException error)
        {
            Terminal.Error($"A native library does not load: {error.Message.Split('\n')[0].TrimEnd('.')}. Run 'edgesim doctor'.");
            return (int)ExitCode.Missing;
        }
        catch (TypeInitializationException error) when (error.InnerException is DllNotFoundException)
        {
            Terminal.Error($"A native library does not load: {error.InnerException.Message.Split('\n')[0].TrimEnd('.')}. Run 'edgesim doctor'.");
            return (int)ExitCode.Missing;
        }
        catch (Exception error)
        {
            Terminal.Error($"This is a defect of edgesim, please report it: {error}");
            return (int)ExitCode.Internal;
        }
    }
}
