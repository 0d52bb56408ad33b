using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Support;

/// <summary>A graph in ONNX Runtime with full validation, on one thread, without the optimisations of the runtime's own sessions.</summary>
internal sealed class OrtGraph : IDisposable
{
    private readonly InferenceSession _session;

    /// <summary>Loads a graph.</summary>
    /// <param name="model">A serialised model.</param>
    /// <param name="name">The name under which <see cref="OrtLog"/> keeps complaints.</param>
    public OrtGraph(byte[] model, string name)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogId = name,
        };
        CustomOps.TryRegister(options);
        options.AddSessionConfigEntry("session.strict_shape_type_inference", "1");
        _session = new InferenceSession(model, options);
    }

    /// <summary>Runs the graph; the result is its only output.</summary>
    public float[] Run(params IEnumerable<(string Name, long[] Shape, float[] Values)> inputs) => Assert.Single(RunAll(inputs)).Values;

    /// <summary>Runs the graph; the result is all its outputs.</summary>
    public IReadOnlyList<(long[] Shape, float[] Values)> RunAll(params IEnumerable<(string Name, long[] Shape, float[] Values)> inputs)
    {
        (string Name, long[] Shape, float[] Values)[] all = [.. inputs];
        OrtValue[] values = [.. all.Select(input => OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape))];
        try
        {
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                _session.Run(options, [.. all.Select(input => input.Name)], values, _session.OutputNames);
            return [.. outputs.Select(output => (output.GetTensorTypeAndShape().Shape, output.GetTensorDataAsSpan<float>().ToArray()))];
        }
        finally
        {
            foreach (OrtValue value in values)
                value.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();
}
