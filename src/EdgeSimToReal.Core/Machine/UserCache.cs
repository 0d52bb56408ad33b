namespace EdgeSimToReal.Core.Machine;

/// <summary>Where programs keep what they can make again.</summary>
public static class UserCache
{
    /// <summary>A folder of the user's cache: $XDG_CACHE_HOME/edgesim/NAME, by default in ~/.cache; it need not exist.</summary>
    /// <param name="name">The folder's name.</param>
    public static string Folder(string name)
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "edgesim", name);
    }
}
