using EdgeSimToReal.Runtime.Baking;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>A baked live graph, ready to run: inputs and output lie in fixed, pinned memory and are bound once.</summary>
/// <remarks>One thread. <see cref="Run"/> allocates nothing.</remarks>
public sealed class LiveSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();
    private readonly OrtValue _inputValue;
    private readonly OrtValue? _labelsValue;
    private readonly OrtValue _outputValue;

    /// <summary>Loads a live graph.</summary>
    /// <param name="graph">The baked graph.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="Core.EdgeSimException">ONNX Runtime refuses the graph.</exception>
    public LiveSession(BakedGraph graph, int threads = 0)
    {
        (Width, Height) = (graph.Width, graph.Height);
        _session = SessionFactory.Create(graph.Model, "baked live graph", threads);
        int count = 3 * Width * Height;
        Input = GC.AllocateArray<float>(count, pinned: true);
        Output = GC.AllocateArray<float>(count, pinned: true);
        long[] shape = [1, 3, Height, Width];
        _inputValue = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Input.AsMemory(), shape);
        _outputValue = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Output.AsMemory(), shape);
        _binding = _session.CreateIoBinding();
        _binding.BindInput(LiveGraph.InputName, _inputValue);
        _binding.BindOutput(LiveGraph.OutputName, _outputValue);
        if (graph.Labels is not { } labels)
            return;
        (int rows, int columns) = (Height / labels.Stride, Width / labels.Stride);
        Labels = GC.AllocateArray<float>(labels.Space.Count * rows * columns, pinned: true);
        _labelsValue = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Labels.AsMemory(),
            [1, labels.Space.Count, rows, columns]);
        _binding.BindInput(LiveGraph.LabelsName, _labelsValue);
    }

    /// <summary>The network's picture width.</summary>
    public int Width { get; }

    /// <summary>The network's picture height.</summary>
    public int Height { get; }

    /// <summary>The network's input, planes R, G, B in [-1, 1], [3, Height, Width]; write it, then <see cref="Run"/>.</summary>
    public float[] Input { get; }

    /// <summary>
    /// The label map of a label-conditioned graph, shares in [0, 1], [classes, Height / stride, Width / stride]; empty where it takes none.
    /// </summary>
    public float[] Labels { get; } = [];

    /// <summary>The network's output after <see cref="Run"/>, planes R, G, B, [3, Height, Width], not clamped.</summary>
    public float[] Output { get; }

    /// <summary>Runs the graph on <see cref="Input"/> and <see cref="Labels"/> into <see cref="Output"/>.</summary>
    public void Run() => _session.RunWithBinding(_runOptions, _binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _inputValue.Dispose();
        _labelsValue?.Dispose();
        _outputValue.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }
}
