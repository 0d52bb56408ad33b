using EdgeSimToReal.Core;
using Spectre.Console;

namespace EdgeSimToReal.CommandLine;

/// <summary>What people read about a run goes to standard error; standard output carries results and raw frames alone.</summary>
public static class Terminal
{
    // Lines that go to a file or another program are not wrapped.
    private const int Unlimited = 10_000;

    /// <summary>Standard error.</summary>
    public static IAnsiConsole People { get; } = Create(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Standard output, for results that are asked for as text.</summary>
    public static IAnsiConsole Results { get; } = Create(System.Console.Out, System.Console.IsOutputRedirected);

    /// <summary>Tells an error, after which the program ends.</summary>
    /// <param name="message">Sentences.</param>
    public static void Error(string message) => People.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Tells what went otherwise than it should, but is no error.</summary>
    /// <param name="message">Sentences.</param>
    public static void Warning(string message) => People.MarkupLineInterpolated($"[yellow]warning:[/] {message}");

    /// <summary>Tells how things go.</summary>
    /// <param name="message">Sentences.</param>
    public static void Note(string message) => People.MarkupLineInterpolated($"{message}");

    /// <summary>Writes one JSON document to standard output.</summary>
    /// <param name="json">The document.</param>
    /// <exception cref="EdgeSimException">It can't be written.</exception>
    public static void Json(string json)
    {
        try
        {
            System.Console.Out.Write(json);
        }
        catch (IOException error)
        {
            throw new EdgeSimException($"Can't write to standard output: {error.Message.TrimEnd('.')}.", "Check where it leads.",
                ExitCode.Output, error);
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (isRedirected)
            console.Profile.Width = Unlimited;
        return console;
    }
}
