using System.Numerics.Tensors;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Onnx.Segmentation;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>A segmentation network that reads images and is compared with their labels (chapter 4.3 of the paper).</summary>
/// <remarks>
/// An ONNX file of one input, RGB in [-1, 1] as [N, 3, H, W], with the output "logits" [N, classes, H, W] and, for distances of image
/// sets, "features" [N, C]: what <see cref="SegmenterExporter.Segmenter"/> writes. One thread calls.
/// </remarks>
public sealed class Judge : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _path;
    private readonly string _input;
    private readonly string[] _outputs;
    private readonly Dictionary<LabelSpace, LabelRemap> _truth = [];
    private readonly byte[] _prediction; // judge's class → evaluation's class
    private float[] _planes = [];

    private Judge(string path, InferenceSession session, LabelSpace? space)
    {
        (_path, _session) = (path, session);
        Description = SegmenterDescription.FromMetadata(session.ModelMetadata.CustomMetadataMap, path);
        _input = session.InputNames.Count == 1 ? session.InputNames[0] : throw Unusable($"it has {session.InputNames.Count} inputs");
        if (!session.OutputNames.Contains(SegmenterExporter.Logits))
            throw Unusable($"it has no output '{SegmenterExporter.Logits}'");
        int[] logits = session.OutputMetadata[SegmenterExporter.Logits].Dimensions;
        LabelSpace own = Description.LabelSpace;
        // A last class without meaning (CamVid's void) may be left out.
        if (logits.Length != 4 || logits[1] > own.Count || logits[1] < own.Count - 1)
        {
            throw Unusable($"its logits are [{string.Join(", ", logits)}], and its label space {own} has {own.Count} classes");
        }
        int features = -1;
        if (session.OutputMetadata.TryGetValue(SegmenterExporter.Features, out NodeMetadata? pooled))
            features = pooled.Dimensions.Length == 2 ? pooled.Dimensions[1] : throw Unusable("its features are not [N, C]");
        FeatureCount = Math.Max(0, features);
        _outputs = FeatureCount > 0 ? [SegmenterExporter.Logits, SegmenterExporter.Features] : [SegmenterExporter.Logits];
        // CamVid's classes have no counterparts one by one elsewhere: such a judge is asked for the ten that CARLA has too.
        Space = space ?? (own == LabelSpaces.CamVid11 ? LabelSpaces.Shared10 : own);
        _prediction = LabelRemap.Between(own, Space).Table[..logits[1]].ToArray();
    }

    /// <summary>What the file says of the judge.</summary>
    public SegmenterDescription Description { get; }

    /// <summary>The label space of the figures: predictions and labels are both mapped to it.</summary>
    public LabelSpace Space { get; }

    /// <summary>Number of features an image; 0 where the file puts out none.</summary>
    public int FeatureCount { get; }

    /// <summary>Loads a judge.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="space">The label space of the figures; null: the judge's own, and Shared10 for a judge of CamVid's classes.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="EdgeSimException">The file is missing, no segmenter, or its classes can't be mapped to the space.</exception>
    public static Judge Load(string path, LabelSpace? space = null, int threads = 0)
    {
        InferenceSession session = ModelFile.Open(path, "judge", threads);
        try
        {
            return new Judge(path, session, space);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads images.</summary>
    /// <param name="frames">Frames of one size; those with tags are compared with them.</param>
    /// <exception cref="EdgeSimException">The tags can't be mapped to <see cref="Space"/>, or the network fails on that size.</exception>
    public IReadOnlyList<JudgedImage> Read(IReadOnlyList<Frame> frames)
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(frames);
        int values = _prediction.Length * frames[0].PixelCount;
        JudgedImage[] images = new JudgedImage[frames.Count];
        for (int i = 0; i < images.Length; i++)
        {
            (ConfusionMatrix confusion, double nll) =
                Compare(frames[i], outputs[0].GetTensorDataAsSpan<float>().Slice(i * values, values));
            float[] features = FeatureCount == 0 ? []
                : outputs[1].GetTensorDataAsSpan<float>().Slice(i * FeatureCount, FeatureCount).ToArray();
            images[i] = new JudgedImage(confusion, nll, features);
        }
        return images;
    }

    /// <summary>Reads one image's classes.</summary>
    /// <param name="frame">The image.</param>
    /// <returns>One class of <see cref="Space"/> a pixel, [Height, Width]; out of its range where it is none of them.</returns>
    /// <exception cref="EdgeSimException">The network fails on that size.</exception>
    public byte[] Segment(Frame frame)
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run([frame]);
        ReadOnlySpan<float> logits = outputs[0].GetTensorDataAsSpan<float>();
        byte[] predicted = new byte[frame.PixelCount];
        float[] greatest = new float[frame.Width];
        for (int at = 0; at < predicted.Length; at += frame.Width)
            Decide(logits, at, predicted, greatest);
        return predicted;
    }

    /// <summary>A frame's labels in <see cref="Space"/>, with which readings are compared.</summary>
    /// <param name="frame">A frame with tags.</param>
    /// <exception cref="EdgeSimException">The tags can't be mapped to <see cref="Space"/>.</exception>
    public byte[] Truth(Frame frame)
    {
        byte[] truth = new byte[frame.PixelCount];
        Truth(frame.TagSpace!).Apply(frame.Tags, truth);
        return truth;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyList<Frame> frames)
    {
        (int width, int height) = (frames[0].Width, frames[0].Height);
        int values = 3 * width * height;
        if (_planes.Length != values * frames.Count)
            _planes = new float[values * frames.Count];
        for (int i = 0; i < frames.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual((frames[i].Width, frames[i].Height), (width, height));
            ImagePlanes.Write(frames[i], _planes.AsSpan(i * values, values), 1 / 127.5f, -1);
        }
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(_planes, [frames.Count, 3, height, width]);
        IDisposableReadOnlyCollection<OrtValue> outputs = ModelFile.Run(_session, _runOptions, _path, _input, input, _outputs);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        if (shape.AsSpan().SequenceEqual([frames.Count, _prediction.Length, height, width]))
            return outputs;
        outputs.Dispose();
        throw Unusable($"images of {width}x{height} give logits [{string.Join(", ", shape)}]");
    }

    /// <summary>The class of the greatest logit for each pixel of a row.</summary>
    private void Decide(ReadOnlySpan<float> logits, int at, byte[] predicted, float[] greatest)
    {
        (int width, int pixels) = (greatest.Length, predicted.Length);
        logits.Slice(at, width).CopyTo(greatest);
        predicted.AsSpan(at, width).Fill(_prediction[0]);
        for (int c = 1; c < _prediction.Length; c++)
        {
            ReadOnlySpan<float> row = logits.Slice((c * pixels) + at, width);
            for (int x = 0; x < width; x++)
            {
                if (row[x] > greatest[x])
                    (greatest[x], predicted[at + x]) = (row[x], _prediction[c]);
            }
        }
    }

    private (ConfusionMatrix Confusion, double Nll) Compare(Frame frame, ReadOnlySpan<float> logits)
    {
        ConfusionMatrix confusion = new(Space.Count);
        if (!frame.HasTags)
            return (confusion, 0);
        (int width, int pixels, int classes) = (frame.Width, frame.PixelCount, _prediction.Length);
        byte[] truth = Truth(frame), predicted = new byte[pixels];
        // Per row: the greatest logit, the sum of all exponentials, and that of the true class's own.
        float[] greatest = new float[width], exponentials = new float[width], all = new float[width], own = new float[width];
        double nll = 0;
        for (int y = 0; y < frame.Height; y++)
        {
            int at = y * width;
            Decide(logits, at, predicted, greatest);
            Array.Clear(all);
            Array.Clear(own);
            for (int c = 0; c < classes; c++)
            {
                TensorPrimitives.Subtract(logits.Slice((c * pixels) + at, width), greatest, exponentials);
                TensorPrimitives.Exp<float>(exponentials, exponentials);
                TensorPrimitives.Add<float>(all, exponentials, all);
                for (int x = 0; x < width; x++)
                {
                    if (truth[at + x] == _prediction[c])
                        own[x] += exponentials[x];
                }
            }
            for (int x = 0; x < width; x++)
            {
                // A probability that underflows counts as the least float: one pixel must not make the mean infinite.
                if (truth[at + x] < Space.Count)
                    nll += Math.Log(all[x]) - Math.Log(Math.Max(own[x], float.Epsilon));
            }
        }
        confusion.Add(truth, predicted);
        return (confusion, nll);
    }

    private LabelRemap Truth(LabelSpace space)
    {
        if (!_truth.TryGetValue(space, out LabelRemap? remap))
            _truth[space] = remap = LabelRemap.Between(space, Space);
        return remap;
    }

    private EdgeSimException Unusable(string reason) => new($"'{_path}' is no judge: {reason}.",
        "Give a segmenter.onnx that 'edgesim-train segmenter' wrote, or one of the same form.");
}
