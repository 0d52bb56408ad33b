namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>The real edgesim program in processes of its own.</summary>
internal static class Edgesim
{
    /// <summary>Caches go to a folder of this test run: what users have stays as it is.</summary>
    public static TemporaryFolder CacheHome { get; } = MakeCacheHome();

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "edgesim");

    public static ProgramProcess Start(params string[] arguments) => Start(arguments, CacheHome.Path, null);

    /// <summary>Runs to the end.</summary>
    public static ProcessResult Run(params string[] arguments) => Run(arguments, CacheHome.Path);

    public static ProcessResult Run(string[] arguments, string cacheHome, byte[]? input = null, string? shell = null)
    {
        using ProgramProcess program = Start(arguments, cacheHome, shell);
        return program.Finish(input);
    }

    /// <summary>Starts it with Ctrl-C's signal ignored, as a shell starts its background jobs.</summary>
    public static ProgramProcess StartInBackground(params string[] arguments) => Start(arguments, CacheHome.Path, ProgramProcess.CtrlCIgnored);

    private static ProgramProcess Start(string[] arguments, string cacheHome, string? shell) =>
        new(Program, arguments, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cacheHome }, shell);

    private static TemporaryFolder MakeCacheHome()
    {
        TemporaryFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }
}
