using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>Finds the shipped model: beside the program, or in the repository that the program was built in.</summary>
public static class ModelLocator
{
    public const string ShippedName = "edge";

    /// <summary>The shipped bundle's folder; a relative path where it is not found, so that the error names it.</summary>
    public static string Default
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "models", ShippedName);
                if (File.Exists(Path.Combine(candidate, BundleManifest.FileName)))
                    return candidate;
            }
            return Path.Combine("models", ShippedName);
        }
    }
}
