using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EdgeSimToReal.Kernels;

/// <summary>Writes down what the launcher must know of each kernel: group size and where each parameter lies.</summary>
public static partial class KernelManifestWriter
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The manifest of a module.</summary>
    /// <param name="ptx">The module's text; all targets have the same parameters.</param>
    /// <param name="targets">File names of the modules by target, e.g. "sm_80".</param>
    /// <returns>JSON text.</returns>
    public static string Write(string ptx, IReadOnlyDictionary<string, string> targets) => JsonSerializer.Serialize(
        new { targets, kernels = PtxCompiler.Kernels.Select(method => Describe(ptx, method)) }, Json) + "\n";

    private static object Describe(string ptx, MethodInfo method)
    {
        KernelAttribute group = method.GetCustomAttribute<KernelAttribute>()!;
        int start = ptx.IndexOf($".entry {method.Name}(", StringComparison.Ordinal);
        string signature = ptx[start..ptx.IndexOf(')', start)];
        int offset = 0;
        List<object> parameters = [];
        foreach (Match match in Parameter().Matches(signature))
        {
            // ".param .align 8 .b8 name[16]" or ".param .b32 name", aligned to its own size.
            int size = Number(match.Groups["array"].Success ? match.Groups["array"] : match.Groups["bits"]);
            if (!match.Groups["array"].Success)
                size /= 8;
            int alignment = match.Groups["align"].Success ? Number(match.Groups["align"]) : size;
            offset = (offset + alignment - 1) / alignment * alignment;
            parameters.Add(new { name = match.Groups["name"].Value, offset, size });
            offset += size;
        }
        return new { name = method.Name, groupWidth = group.GroupWidth, groupHeight = group.GroupHeight, parameters };
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.param\s+(\.align\s+(?<align>\d+)\s+)?\.[bsuf](?<bits>\d+)\s+(?<name>\w+)(\[(?<array>\d+)\])?")]
    private static partial Regex Parameter();
}
