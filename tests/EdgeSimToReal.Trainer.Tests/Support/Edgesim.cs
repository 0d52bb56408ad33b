namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>The real edgesim program in processes of its own, with edgesim-train beside it.</summary>
internal static class Edgesim
{
    public static ProgramProcess Start(params string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "edgesim"), arguments, Runtime.Variables, patience: TimeSpan.FromMinutes(3));

    /// <summary>Starts it by a line of sh.</summary>
    public static ProgramProcess Start(string[] arguments, string shell) =>
        new(Path.Combine(AppContext.BaseDirectory, "edgesim"), arguments, Runtime.Variables, shell, TimeSpan.FromMinutes(3));

    /// <summary>Runs to the end.</summary>
    public static ProcessResult Run(params string[] arguments)
    {
        using ProgramProcess program = Start(arguments);
        return program.Finish();
    }
}
