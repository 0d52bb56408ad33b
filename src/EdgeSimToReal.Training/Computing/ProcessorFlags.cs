namespace EdgeSimToReal.Training.Computing;

/// <summary>The processor's features.</summary>
internal static class ProcessorFlags
{
    private const string Path = "/proc/cpuinfo"; // .NET tells of neither AMX nor AVX512-BF16

    /// <summary>Names as Linux has them, e.g. "amx_bf16"; none where the system doesn't tell.</summary>
    public static IReadOnlySet<string> Read() => Parse(File.Exists(Path) ? File.ReadLines(Path) : []);

    /// <summary>Names in the first processor's line "flags : …".</summary>
    internal static IReadOnlySet<string> Parse(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return line is null ? new HashSet<string>()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
    }
}
