using System.Numerics.Tensors;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Segmentation;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>A segmentation network that reads images and is compared with their labels (chapter 4.3 of the paper).</summary>
/// <remarks>
/// An ONNX file of one input, RGB in [-1, 1] as [N, 3, H, W], with the output "logits" [N, classes, H, W] and, for distances of image
/// sets, "features" [N, C]: what <see cref="SegmenterExporter.Segmenter"/> writes. Or anybody's: a file without this project's metadata
/// takes RGB in [0, 1], and its output "logits", else its first one, holds logits of any size, which are brought to the image's. One
/// thread calls.
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
    private readonly bool _foreign;
    private readonly double _scale;
    private readonly (int Width, int Height)? _fixed;
    private float[] _planes = [];
    private float[] _enlarged = [];
    private float[] _logits = [];

    private Judge(string path, InferenceSession session, LabelSpace? space, LabelSpace? classes, double scale)
    {
        (_path, _session, _scale) = (path, session, scale);
        Dictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        _foreign = !SegmenterDescription.IsIn(metadata);
        LabelSpace own = SegmenterDescription.ClassesOf(metadata, classes, path, "--judge-space");
        Description = _foreign
            ? new SegmenterDescription(Path.GetFileNameWithoutExtension(path), own, NetworkIdentity.Read(path), null, [])
            : SegmenterDescription.FromMetadata(metadata, path);
        _input = session.InputNames.Count == 1 ? session.InputNames[0] : throw Unusable($"it has {session.InputNames.Count} inputs");
        string output = SegmenterExporter.Logits;
        if (!session.OutputNames.Contains(output))
            output = _foreign ? session.OutputNames[0] : throw Unusable($"it has no output '{SegmenterExporter.Logits}'");
        int[] image = session.InputMetadata[_input].Dimensions, logits = session.OutputMetadata[output].Dimensions;
        _fixed = image.Length == 4 && image[2] > 0 && image[3] > 0 ? (image[3], image[2]) : null;
        // A last class without meaning (CamVid's void) may be left out.
        if (logits.Length != 4 || logits[1] > own.Count || (logits[1] < own.Count - 1 && !(_foreign && logits[1] < 0)))
        {
            throw Unusable($"its logits are [{string.Join(", ", logits)}], and its label space {own} has {own.Count} classes");
        }
        int features = -1;
        if (!_foreign && session.OutputMetadata.TryGetValue(SegmenterExporter.Features, out NodeMetadata? pooled))
            features = pooled.Dimensions.Length == 2 ? pooled.Dimensions[1] : throw Unusable("its features are not [N, C]");
        FeatureCount = Math.Max(0, features);
        _outputs = FeatureCount > 0 ? [output, SegmenterExporter.Features] : [output];
        // CamVid's classes have no counterparts one by one elsewhere: such a judge is asked for the ten that CARLA has too.
        Space = space ?? (own == LabelSpaces.CamVid11 ? LabelSpaces.Shared10 : own);
        _prediction = LabelRemap.Between(own, Space).Table[..(logits[1] > 0 ? logits[1] : own.Count)].ToArray();
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
    /// <param name="classes">What the network's classes are, where its file does not say so; null: the file says it.</param>
    /// <param name="scale">The factor by which images are enlarged before the network reads them, above 0.</param>
    /// <exception cref="EdgeSimException">The file is missing, no segmenter, or its classes can't be mapped to the space.</exception>
    public static Judge Load(string path, LabelSpace? space = null, int threads = 0, LabelSpace? classes = null, double scale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        InferenceSession session = ModelFile.Open(path, "judge", threads);
        try
        {
            return new Judge(path, session, space, classes, scale);
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
        JudgedImage[] images = new JudgedImage[frames.Count];
        for (int i = 0; i < images.Length; i++)
        {
            (ConfusionMatrix confusion, double nll) = Compare(frames[i], Logits(outputs[0], i, frames[i]));
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
        ReadOnlySpan<float> logits = Logits(outputs[0], 0, frame);
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
        (int wide, int high) = ((int)Math.Round(width * _scale), (int)Math.Round(height * _scale));
        if (_fixed is { } size && size != (wide, high))
        {
            string enlarged = _scale == 1 ? "" : FormattableString.Invariant($", enlarged by {_scale} {wide}x{high}");
            throw new EdgeSimException($"The judge '{_path}' takes images of {size.Width}x{size.Height} alone, and these are {width}x{height}{enlarged}.",
                "Bring the images to one size (edgesim prepare), or say another --judge-scale.");
        }
        int values = 3 * width * height, enlargedValues = 3 * wide * high;
        if (_planes.Length != values * frames.Count)
            _planes = new float[values * frames.Count];
        (float gain, float offset) = _foreign ? (1 / 255f, 0f) : (1 / 127.5f, -1f);
        for (int i = 0; i < frames.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual((frames[i].Width, frames[i].Height), (width, height));
            ImagePlanes.Write(frames[i], _planes.AsSpan(i * values, values), gain, offset);
        }
        float[] planes = _planes;
        if ((wide, high) != (width, height))
        {
            if (_enlarged.Length != enlargedValues * frames.Count)
                _enlarged = new float[enlargedValues * frames.Count];
            PlaneResize.Bilinear(_planes, width, height, _enlarged, wide, high);
            planes = _enlarged;
        }
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(planes, [frames.Count, 3, high, wide]);
        IDisposableReadOnlyCollection<OrtValue> outputs = ModelFile.Run(_session, _runOptions, _path, _input, input, _outputs);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        bool fits = shape.Length == 4 && shape[0] == frames.Count && shape[1] == _prediction.Length
            && (_foreign || (shape[2] == high && shape[3] == wide));
        if (fits)
            return outputs;
        outputs.Dispose();
        throw Unusable($"images of {wide}x{high} give logits [{string.Join(", ", shape)}]");
    }

    /// <summary>An image's logits, [classes, Height, Width], at its own size; they hold until the next call.</summary>
    private ReadOnlySpan<float> Logits(OrtValue output, int index, Frame frame)
    {
        long[] shape = output.GetTensorTypeAndShape().Shape;
        (int width, int height) = ((int)shape[3], (int)shape[2]);
        int values = _prediction.Length * width * height;
        ReadOnlySpan<float> logits = output.GetTensorDataAsSpan<float>().Slice(index * values, values);
        if ((width, height) == (frame.Width, frame.Height))
            return logits;
        if (_logits.Length != _prediction.Length * frame.PixelCount)
            _logits = new float[_prediction.Length * frame.PixelCount];
        PlaneResize.Bilinear(logits, width, height, _logits, frame.Width, frame.Height);
        return _logits;
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
