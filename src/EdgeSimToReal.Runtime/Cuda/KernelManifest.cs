using System.Text.Json;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The kernels that the build compiled and embedded (project EdgeSimToReal.Kernels).</summary>
/// <param name="Targets">The modules' resource names by architecture, e.g. "sm_80".</param>
/// <param name="Kernels">The kernels of each module.</param>
internal sealed record KernelManifest(IReadOnlyDictionary<string, string> Targets, IReadOnlyList<KernelDescription> Kernels)
{
    /// <summary>This assembly's kernels.</summary>
    public static KernelManifest Embedded { get; } =
        JsonSerializer.Deserialize(ReadResource("kernels.json"), KernelManifestJson.Default.KernelManifest)!;

    /// <summary>A kernel.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public KernelDescription this[string name] => Kernels.Single(kernel => kernel.Name == name);

    /// <summary>The architecture to use on a device: the newest that is not newer than the device; null where there is none.</summary>
    /// <param name="computeCapability">Ten times the device's compute capability.</param>
    public string? TargetFor(int computeCapability) => Targets.Keys
        .Where(target => Architecture(target) <= computeCapability)
        .MaxBy(Architecture);

    /// <summary>A module's text.</summary>
    /// <param name="target">The architecture.</param>
    public string ReadPtx(string target) => ReadResource(Targets[target]);

    private static int Architecture(string target) => int.Parse(target.AsSpan("sm_".Length));

    private static string ReadResource(string name)
    {
        using StreamReader reader = new(typeof(KernelManifest).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
