using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Finds the layers of a model that must stay in fp32 for its fp16 form to give the same pictures.</summary>
/// <remarks>
/// Kept from the start are layers whose constants fp16 can't hold and those whose values come near its range. If the pictures are then
/// still too far off, layers are kept in the order of what keeping each of them alone gains.
/// </remarks>
public sealed class HalfMeasurement
{
    // A quarter of what fp16 holds: other textures and scenes than the measured ones may be stronger.
    private const double LargestPeak = 65504 / 4.0;

    private const string PeakPrefix = "peak.";

    private readonly BakeOptions _options;
    private readonly LabelInput? _labels;
    private readonly string _textures;
    private readonly int _threads;
    private readonly List<(ModelProto Model, float[][] References)> _live = [];
    private readonly List<(float[] Picture, float[] Labels)> _inputs = [];

    /// <summary>Freezes the model and computes the fp32 pictures.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="textures">Its textures to measure with, at least one.</param>
    /// <param name="frames">Real simulator frames, at least one; of a label-conditioned model with tags.</param>
    /// <param name="size">The network's picture size.</param>
    /// <param name="threads">Threads of a network; 0: one a core.</param>
    /// <exception cref="EdgeSimException">There is no texture or no frame, or a frame lacks the tags that the model needs.</exception>
    public HalfMeasurement(ModelBundle bundle, IReadOnlyList<TextureCode> textures, IEnumerable<Frame> frames, (int Width, int Height) size,
        int threads = 0)
    {
        _threads = threads;
        // The GPU's form; the fused one's arithmetic is the same layer by layer.
        _options = new BakeOptions(size.Width, size.Height) { Upsampling = UpsamplingForm.TransposedConvolution };
        _labels = bundle.ConditioningSpace is { } space ? new LabelInput(space, bundle.Configuration.Stride) : null;
        _textures = string.Join(", ", textures.Select(texture => texture.Name));
        foreach (Frame frame in frames)
            _inputs.Add(Prepare(frame));
        if (_inputs.Count == 0 || textures.Count == 0)
        {
            throw new EdgeSimException($"fp16 can't be measured with {_inputs.Count} frames and {textures.Count} textures.",
                "Give simulator frames, and a photograph where the model carries no texture.");
        }
        foreach (TextureCode texture in textures)
        {
            ModelProto model = LiveGraph.Build(bundle, texture.Values, _options);
            _live.Add((model, Pictures(model)));
        }
    }

    /// <summary>Runs the measurement.</summary>
    /// <param name="goal">What every picture must reach.</param>
    /// <param name="progress">Told what is tried.</param>
    /// <param name="cancellation">Ends the work between two trials.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public BundleHalf Run(ImageParity goal, Action<string> progress, CancellationToken cancellation)
    {
        HashSet<string> single = [.. _live.SelectMany(live => HalfGraph.Unrepresentable(live.Model))];
        Dictionary<string, double> peaks = Peaks();
        single.UnionWith(peaks.Where(peak => !(peak.Value <= LargestPeak)).Select(peak => peak.Key));
        ImageParity parity = Try();
        if (!Meets(parity))
        {
            HashSet<string> start = [.. single];
            List<(string Layer, double Margin)> gains = [];
            foreach (string layer in HalfGraph.Layers(_live[0].Model).Where(layer => !start.Contains(layer)))
            {
                single = [.. start, layer];
                gains.Add((layer, Margin(Try())));
            }
            single = start;
            foreach ((string layer, _) in gains.OrderByDescending(gain => gain.Margin))
            {
                single.Add(layer);
                parity = Try();
                if (Meets(parity))
                    break;
            }
        }
        return new BundleHalf
        {
            Single = [.. HalfGraph.Layers(_live[0].Model).Where(single.Contains)],
            Psnr = Math.Min(parity.Psnr, 200),
            WorstBlock = Math.Min(parity.WorstBlock, 200), // JSON has no infinity
            Peak = peaks.Where(peak => !single.Contains(peak.Key)).Select(peak => peak.Value).DefaultIfEmpty(0).Max(),
            Frames = _inputs.Count,
            Textures = _textures,
            Width = _options.Width,
            Height = _options.Height,
        };

        ImageParity Try()
        {
            cancellation.ThrowIfCancellationRequested();
            ImageParity result = Measure(single);
            progress(string.Create(CultureInfo.InvariantCulture,
                $"{single.Count} layers in fp32: {result.Psnr:F1} dB, worst block {result.WorstBlock:F1} dB"));
            return result;
        }

        bool Meets(ImageParity value) => Margin(value) >= 0;

        double Margin(ImageParity value) => Math.Min(value.Psnr - goal.Psnr, value.WorstBlock - goal.WorstBlock);
    }

    /// <summary>How far the fp16 form's pictures are from the fp32 form's, in the worst case of all frames and textures.</summary>
    /// <param name="single">Layers that stay in fp32.</param>
    public ImageParity Measure(IReadOnlySet<string> single)
    {
        ImageParity worst = new(double.PositiveInfinity, double.PositiveInfinity);
        foreach ((ModelProto model, float[][] references) in _live)
        {
            float[][] pictures = Pictures(HalfGraph.Emulate(model, single));
            for (int i = 0; i < pictures.Length; i++)
                worst = worst.Worse(ImageParity.Of(pictures[i], references[i], _options.Width, _options.Height));
        }
        return worst;
    }

    private (float[] Picture, float[] Labels) Prepare(Frame frame)
    {
        PixelConverter converter = new(FrameGeometry.Create(frame.Width, frame.Height, _options.Width, _options.Height, FitPolicy.Letterbox));
        float[] picture = new float[3 * _options.Width * _options.Height];
        converter.Prepare(frame.Bgra, picture);
        if (_labels is null)
            return (picture, []);
        float[] map = new float[_labels.Space.Count * (_options.Height / _labels.Stride) * (_options.Width / _labels.Stride)];
        new LabelFeed(_labels, _options.Width, _options.Height).Fill(frame, converter, map);
        return (picture, map);
    }

    private float[][] Pictures(ModelProto model)
    {
        using LiveSession session = new(new BakedGraph(model.ToByteArray(), _options.Width, _options.Height, "", false, _labels), _threads);
        return [.. _inputs.Select(input =>
        {
            input.Picture.CopyTo(session.Input, 0);
            input.Labels.CopyTo(session.Labels, 0);
            session.Run();
            return session.Output.ToArray();
        })];
    }

    // The largest magnitude of each layer's values.
    private Dictionary<string, double> Peaks()
    {
        Dictionary<string, double> peaks = [];
        foreach ((ModelProto model, _) in _live)
        {
            ModelProto watched = model.Clone();
            watched.Graph.Output.Clear();
            Dictionary<string, string> layers = [];
            foreach (NodeProto node in model.Graph.Node)
            {
                string value = node.Output[0], peak = PeakPrefix + value;
                layers.Add(peak, HalfGraph.LayerOf(node.Name));
                watched.Graph.Node.Add(new NodeProto { OpType = "Abs", Name = $"{peak}/abs", Input = { value }, Output = { $"{peak}/abs" } });
                watched.Graph.Node.Add(new NodeProto
                {
                    OpType = "ReduceMax",
                    Name = peak,
                    Input = { $"{peak}/abs" },
                    Output = { peak },
                    Attribute = { new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 } },
                });
                watched.Graph.Output.Add(new ValueInfoProto
                {
                    Name = peak,
                    Type = new TypeProto
                    {
                        TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new() },
                    },
                });
            }
            using InferenceSession session = SessionFactory.Create(watched.ToByteArray(), "graph of peaks", _threads);
            using RunOptions run = new();
            string[] names = [.. layers.Keys];
            foreach ((float[] picture, float[] labels) in _inputs)
            {
                using OrtValue image = OrtValue.CreateTensorValueFromMemory(picture, [1, 3, _options.Height, _options.Width]);
                using OrtValue? map = _labels is null ? null : OrtValue.CreateTensorValueFromMemory(labels,
                    [1, _labels.Space.Count, _options.Height / _labels.Stride, _options.Width / _labels.Stride]);
                using IDisposableReadOnlyCollection<OrtValue> results = map is null
                    ? session.Run(run, [LiveGraph.InputName], [image], names)
                    : session.Run(run, [LiveGraph.InputName, LiveGraph.LabelsName], [image, map], names);
                for (int i = 0; i < names.Length; i++)
                {
                    double peak = results[i].GetTensorDataAsSpan<float>()[0];
                    string layer = layers[names[i]];
                    // Math.Max keeps a value that is no number.
                    peaks[layer] = Math.Max(peak, peaks.GetValueOrDefault(layer));
                }
            }
        }
        return peaks;
    }
}
