using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Kernels;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests;

/// <summary>An exported graph in ONNX Runtime, on one CPU thread, and what ONNX Runtime complained of when loading it.</summary>
internal sealed class OnnxGraph : IDisposable
{
    private static readonly List<string> Log = [];
    private static readonly DOrtLoggingFunction Logger = (_, _, _, _, _, message) => Log.Add(message);

    private readonly InferenceSession _session;

    static OnnxGraph()
    {
        EnvironmentCreationOptions options = new()
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = Logger,
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    public OnnxGraph(ModelProto model)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        CustomOps.TryRegister(options);
        options.AddSessionConfigEntry("session.strict_shape_type_inference", "1");
        Log.Clear();
        _session = new InferenceSession(model.ToByteArray(), options);
        Warnings = [.. Log];
    }

    /// <summary>Warnings and errors of loading.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public void Dispose() => _session.Dispose();

    /// <summary>Runs the graph; the result is its first output.</summary>
    public (long[] Shape, float[] Values) Run(params IEnumerable<(string Name, Tensor Value)> inputs) => Output(0, inputs);

    /// <summary>Runs the graph; the result is the output of the given number.</summary>
    public (long[] Shape, float[] Values) Output(int number, params IEnumerable<(string Name, Tensor Value)> inputs)
    {
        Dictionary<string, OrtValue> values = inputs.ToDictionary(input => input.Name, input =>
            OrtValue.CreateTensorValueFromMemory(input.Value.contiguous().data<float>().ToArray(), input.Value.shape));
        try
        {
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, values, _session.OutputNames);
            OrtValue output = outputs[number];
            return (output.GetTensorTypeAndShape().Shape, output.GetTensorDataAsSpan<float>().ToArray());
        }
        finally
        {
            foreach (OrtValue value in values.Values)
                value.Dispose();
        }
    }
}
