using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>The guard's segmenter, ready to read two pictures at once: inputs and logits lie in fixed, pinned memory.</summary>
/// <remarks>One thread. <see cref="Run"/> allocates nothing.</remarks>
internal sealed class GuardNetwork : IDisposable
{
    /// <summary>Pictures a run: the translated one and the simulator's.</summary>
    public const int Pictures = 2;

    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();
    private readonly OrtValue _inputValue;
    private readonly OrtValue _logitsValue;

    public GuardNetwork(ModelBundle bundle, BundleGuard guard, int threads, LivePrecision precision)
    {
        (Width, Height, Space) = (guard.Width, guard.Height, LabelSpaces.ByName(guard.LabelSpace));
        byte[] content = bundle.Content(BundleRoles.Guard);
        if (precision == LivePrecision.Bf16)
            content = Bf16Segmenter.Rewrite(HalfStorage.Widen(OnnxFile.Parse(content, bundle.Folder))).ToByteArray();
        _session = SessionFactory.Create(content, "label guard", threads);
        int[]? logits = _session.OutputMetadata.GetValueOrDefault(SegmenterExporter.Logits)?.Dimensions;
        if (!_session.InputNames.SequenceEqual([SaeExporter.Image]) || logits is not [_, var classes, _, _] || classes != Space.Count)
        {
            _session.Dispose();
            throw NoSegmenter(bundle, Space, _session.InputNames, _session.OutputNames);
        }
        Pixels = Width * Height;
        Input = GC.AllocateArray<float>(Pictures * 3 * Pixels, pinned: true);
        Logits = GC.AllocateArray<float>(Pictures * Space.Count * Pixels, pinned: true);
        _inputValue = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Input.AsMemory(), [Pictures, 3, Height, Width]);
        _logitsValue = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Logits.AsMemory(),
            [Pictures, Space.Count, Height, Width]);
        _binding = _session.CreateIoBinding();
        _binding.BindInput(SaeExporter.Image, _inputValue);
        _binding.BindOutput(SegmenterExporter.Logits, _logitsValue);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Pixels of a picture.</summary>
    public int Pixels { get; }

    public LabelSpace Space { get; }

    /// <summary>Planes R, G, B in [-1, 1], [2, 3, Height, Width].</summary>
    public float[] Input { get; }

    /// <summary>[2, classes, Height, Width], after <see cref="Run"/>.</summary>
    public float[] Logits { get; }

    /// <summary>The error of a guard whose graph is of another kind.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="space">The label space that its manifest names.</param>
    /// <param name="inputs">What its graph takes.</param>
    /// <param name="outputs">What its graph puts out.</param>
    public static EdgeSimException NoSegmenter(ModelBundle bundle, LabelSpace space, IEnumerable<string> inputs,
        IEnumerable<string> outputs) => new(
        $"The label guard of '{bundle.Folder}' is no segmenter of the {space.Count} classes of {space}: "
        + $"it takes {string.Join(", ", inputs)} and puts out {string.Join(", ", outputs)}.", "Add another one: edgesim guard add.");

    public void Run() => _session.RunWithBinding(_runOptions, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _inputValue.Dispose();
        _logitsValue.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }
}
