using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>The founders' shared folder beside the repository: golden vectors, real frames, probe weights. Users have none.</summary>
public static class SharedFolder
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    private static readonly string Root =
        Environment.GetEnvironmentVariable("EDGESIM_SHARED") ?? Path.GetFullPath(Path.Combine(Repository, "..", "shared"));

    /// <summary>A path in the shared folder; skips the test where the folder is absent, fails it where only the file is.</summary>
    /// <param name="parts">Path below the shared folder.</param>
    public static string Require(params string[] parts)
    {
        Assert.SkipUnless(Directory.Exists(Root), "The shared folder (golden vectors and real frames) is not beside this repository.");
        string path = Path.Combine([Root, .. parts]);
        Assert.True(Path.Exists(path), $"The shared folder lacks {Path.Combine(parts)}.");
        return path;
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeSimToReal.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
