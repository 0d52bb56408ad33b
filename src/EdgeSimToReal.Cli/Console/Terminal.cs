using Spectre.Console;

namespace EdgeSimToReal.Cli.Console;

/// <summary>What people read goes to standard error; standard output carries results and raw frames alone.</summary>
public static class Terminal
{
    public static IAnsiConsole People { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(System.Console.Error),
    });

    public static void Error(string message) => People.MarkupLineInterpolated($"[red]error:[/] {message}");

    public static void Warning(string message) => People.MarkupLineInterpolated($"[yellow]warning:[/] {message}");

    public static void Note(string message) => People.MarkupLineInterpolated($"{message}");

    /// <summary>Writes one JSON document to standard output.</summary>
    public static void Json(string json) => System.Console.Out.Write(json);
}
