using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>Keeps a self-check's result for as long as the machine runs, with the same processor, libtorch and settings of oneDNN.</summary>
internal static class SelfCheckCache
{
    // Changes whenever the check does.
    private const int Version = 1;
    private const int KeptFiles = 8;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The kept result; null where there is none that can be read.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="key">What the result holds for.</param>
    public static SelfCheckResult? Read(string folder, string key)
    {
        try
        {
            string path = PathOf(folder, key);
            return File.Exists(path) ? JsonSerializer.Deserialize<SelfCheckResult>(File.ReadAllText(path), Json) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // it is made again
        }
    }

    /// <summary>Keeps a result; where it can't be written the next start checks again.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="key">What the result holds for.</param>
    /// <param name="result">The result.</param>
    public static void Write(string folder, string key, SelfCheckResult result)
    {
        try
        {
            AtomicFile.WriteText(PathOf(folder, key), JsonSerializer.Serialize(result, Json));
            foreach (FileInfo old in new DirectoryInfo(folder).GetFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc).Skip(KeptFiles))
                old.Delete();
        }
        catch (Exception error) when (error is EdgeSimException or IOException or UnauthorizedAccessException)
        {
            // A cache that can't be written costs time alone.
        }
    }

    /// <summary>What a result holds for: this boot, processor, libtorch, program and oneDNN's own variables.</summary>
    public static string Key()
    {
        FileInfo library = new(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"));
        string[] parts =
        [
            $"{Version}", Text("/proc/sys/kernel/random/boot_id"),
            .. Text("/proc/cpuinfo").Split('\n').TakeWhile(line => line.Length > 0).Where(line => line.StartsWith("model", StringComparison.Ordinal)
                || line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("stepping", StringComparison.Ordinal)),
            library.Exists ? $"{library.Length} {library.LastWriteTimeUtc.Ticks}" : "elsewhere",
            .. new[] { "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", SelfCheckProcess.ForceVariable }
                .Select(name => Environment.GetEnvironmentVariable(name) ?? ""),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];
    }

    private static string PathOf(string folder, string key) => Path.Combine(folder, $"{key}.json");

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
