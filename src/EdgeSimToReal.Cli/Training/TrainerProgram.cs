using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Training;

/// <summary>Where edgesim-train is, the only program that carries libtorch (nearly 1 GB).</summary>
public static class TrainerProgram
{
    public const string Name = "edgesim-train";

    /// <summary>The program's path: beside this program, where the repository builds it, or on the PATH.</summary>
    /// <exception cref="EdgeSimException">It is nowhere.</exception>
    public static string Locate()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, Name);
        // In the repository each program has an output folder of its own.
        string inRepository = beside.Replace("EdgeSimToReal.Cli", "EdgeSimToReal.Trainer", StringComparison.Ordinal);
        IEnumerable<string> onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, Name));
        return onPath.Prepend(inRepository).Prepend(beside).FirstOrDefault(File.Exists)
            ?? throw new EdgeSimException($"{Name} is not installed: it carries libtorch, which is nearly 1 GB.",
                "Build it with 'dotnet build -c Release src/EdgeSimToReal.Trainer', or put it beside edgesim or on the PATH.",
                ExitCode.Missing);
    }
}
