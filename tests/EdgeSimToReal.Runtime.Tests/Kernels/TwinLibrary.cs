using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>The GPU's native operators as their CPU twin, for graphs that no GPU is there for.</summary>
internal static class TwinLibrary
{
    private static string Location { get; } = Path.Combine(SharedFolder.Repository, "build", "kernels", "libedgesim_ops_twin.so");

    /// <summary>Skips the test where it isn't built.</summary>
    public static void Require() =>
        Assert.SkipUnless(File.Exists(Location), "The GPU operators' twin is not built; tools/build-kernels.sh builds it.");

    /// <summary>Runs a graph with one output as it is written, every shape and type inferred.</summary>
    public static float[] Run(byte[] model, params IReadOnlyList<(string Name, float[] Values, long[] Shape)> inputs)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        options.AddSessionConfigEntry("session.strict_shape_type_inference", "1");
        options.RegisterCustomOpLibrary(Location);
        using InferenceSession session = new(model, options);
        OrtValue[] values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape))];
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            session.Run(run, [.. inputs.Select(input => input.Name)], values, session.OutputNames);
        foreach (OrtValue value in values)
            value.Dispose();
        return Assert.Single(outputs).GetTensorDataAsSpan<float>().ToArray();
    }
}
