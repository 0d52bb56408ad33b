namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>The real edgesim-train program in processes of its own.</summary>
internal static class EdgesimTrain
{
    public static ProgramProcess Start(params string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "edgesim-train"), arguments, Runtime.Variables, patience: TimeSpan.FromMinutes(3));

    /// <summary>Starts it by a line of sh.</summary>
    public static ProgramProcess Start(string[] arguments, string? shell) =>
        new(Path.Combine(AppContext.BaseDirectory, "edgesim-train"), arguments, Runtime.Variables, shell, TimeSpan.FromMinutes(3));

    /// <summary>Runs to the end.</summary>
    public static ProcessResult Run(params string[] arguments)
    {
        using ProgramProcess program = Start(arguments);
        return program.Finish();
    }
}
