using System.Reflection;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Runtime.Tests;

/// <summary>What the lean runtime carries along: no training library, no image library, no compiler, no client.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Runtime_ReferencesOnlyWhatARigShips()
    {
        HashSet<string> references = [];
        Collect(typeof(LiveSession).Assembly, references);
        string[] foreign = [.. references
            .Where(name => name is not ("netstandard" or "mscorlib") && !name.StartsWith("System.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        // The whole list, so that a new one is a decision and no accident: TorchSharp, OpenCvSharp, ILGPU, the CARLA client
        // and MessagePack are not among them.
        Assert.Equal(["EdgeSimToReal.Core", "EdgeSimToReal.Onnx", "Google.Protobuf", "Microsoft.ML.OnnxRuntime"], foreign);
    }

    [Fact]
    public void Runtime_Carries_the_kernels_as_text_and_not_their_compiler()
    {
        // This program's folder holds what a rig's would: all that the runtime brings along.
        Assert.DoesNotContain(Directory.GetFiles(AppContext.BaseDirectory).Select(path => Path.GetFileName(path)), name =>
            name.StartsWith("ILGPU", StringComparison.Ordinal) || name.StartsWith("EdgeSimToReal.Kernels", StringComparison.Ordinal));
        Assert.Equal(["kernels.json", "kernels.sm_75.ptx", "kernels.sm_80.ptx"],
            typeof(LiveSession).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Walk_FindsWhatIsReferencedIndirectly()
    {
        // This assembly references OpenCvSharp by way of Imaging alone, so the walk would find it in the runtime too.
        HashSet<string> references = [];
        Collect(typeof(ReferenceTests).Assembly, references);
        Assert.DoesNotContain(typeof(ReferenceTests).Assembly.GetReferencedAssemblies(), name => name.Name == "OpenCvSharp");
        Assert.Contains("OpenCvSharp", references);
    }

    private static void Collect(Assembly assembly, HashSet<string> references)
    {
        foreach (AssemblyName name in assembly.GetReferencedAssemblies())
        {
            if (references.Add(name.Name!) && !name.Name!.StartsWith("System", StringComparison.Ordinal))
                Collect(Assembly.Load(name), references);
        }
    }
}
