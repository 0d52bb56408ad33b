namespace EdgeSimToReal.Town.Server;

/// <summary>Which machine, since which start: equal for two processes that share a monotonic clock.</summary>
internal static class BootId
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>The id; empty where the system tells none.</summary>
    public static string Value { get; } = File.Exists(Source) ? File.ReadAllText(Source).Trim() : "";
}
