using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Structure encoder and generator as one static network for one texture code and one picture size.</summary>
/// <remarks>
/// Nothing of the texture is left but weights: styles fold into the input channels of the convolutions, noise maps become constants,
/// and every √2 and 1/√2 is carried along as a gain of the signal and folded into the next weights. The result
/// equals the exported graphs up to rounding.
/// </remarks>
public sealed partial class LiveGraph
{
    private readonly GraphBuilder _graph;
    private readonly SaeConfiguration _configuration;
    private readonly IReadOnlyDictionary<string, WeightTensor> _encoder;
    private readonly IReadOnlyDictionary<string, WeightTensor> _generator;
    private readonly FrozenStyle _style;
    private readonly BakeOptions _options;
    private readonly ulong _noiseSeed;

    private LiveGraph(ModelBundle bundle, ReadOnlyMemory<float> texture, BakeOptions options)
    {
        _configuration = bundle.Configuration;
        _encoder = bundle.Weights(BundleRoles.StructureEncoder);
        _generator = bundle.Weights(BundleRoles.Generator);
        _style = new FrozenStyle(_generator, texture);
        _options = options;
        _noiseSeed = bundle.Manifest.NoiseSeed;
        _graph = new GraphBuilder("live", "Simulator image to realistic image, for one texture code.");
    }

    /// <summary>
    /// Builds the live graph: input "image" and output "translated", [1, 3, H, W], RGB in [-1, 1] (the output is not clamped); of a
    /// label-conditioned model also the input "labels", [1, K, H / s, W / s].
    /// </summary>
    /// <param name="bundle">The model.</param>
    /// <param name="texture">The texture code, [S].</param>
    /// <param name="options">Size, noise and forms.</param>
    /// <exception cref="Core.EdgeSimException">The size does not suit the network.</exception>
    public static ModelProto Build(ModelBundle bundle, ReadOnlyMemory<float> texture, BakeOptions options)
    {
        bundle.Configuration.CheckImageSize(options.Height, options.Width, texture: false);
        LiveGraph live = new(bundle, texture, options);
        string image = live._graph.Input(InputName, "RGB in [-1, 1].", 1, 3, options.Height, options.Width);
        int classes = bundle.Configuration.LabelClasses, stride = bundle.Configuration.Stride;
        string? labels = classes == 0 ? null : live._graph.Input(LabelsName, "Share of each cell's pixels that have the class, in [0, 1].",
            1, classes, options.Height / stride, options.Width / stride);
        string result = options.Precision == LivePrecision.Bf16
            ? live.BuildBf16(image, labels)
            : live.Generate(live.Encode(new Signal(image, 3, 1)), labels);
        result = live.Coloured(image, result);
        live._graph.Output(OutputName, "RGB, meant for [-1, 1] but not clamped.", result, 1, 3, options.Height, options.Width);
        ModelProto model = live._graph.Build("Live graph baked from a model bundle.", [new KeyValuePair<string, string>(SaeExporter.RoleKey, "live")]);
        Prune(model.Graph);
        return model;
    }

    /// <summary>Name of the graph's picture input.</summary>
    public const string InputName = "image";

    /// <summary>Name of the input for the label map, which a label-conditioned model's graph has.</summary>
    public const string LabelsName = SaeExporter.Labels;

    /// <summary>Name of the graph's output.</summary>
    public const string OutputName = "translated";

    // A value of the graph: what is stored is the network's own value times the gain.
    private readonly record struct Signal(string Name, int Channels, double Gain);

    private static readonly double Root2 = Math.Sqrt(2);

    private string Weight(string name, WeightTensor weight, Func<int, double> inputScale, double outputGain) =>
        _graph.Initializer(name, Scaled(weight, inputScale, outputGain));

    // [out, in, ...], or [in, out, ...] when transposed, times a factor per input channel and a common one.
    private static WeightTensor Scaled(WeightTensor weight, Func<int, double> inputScale, double outputGain, bool transposed = false)
    {
        int taps = weight.Count / weight.Shape[0] / weight.Shape[1];
        float[] values = new float[weight.Count];
        for (int j = 0; j < values.Length; j++)
        {
            int input = transposed ? j / taps / weight.Shape[1] : j / taps % weight.Shape[1];
            values[j] = (float)(weight.Values[j] * inputScale(input) * outputGain);
        }
        return new WeightTensor(weight.Shape, values);
    }

    private string Vector(string name, IEnumerable<double> values, double gain, params int[] shape)
    {
        float[] scaled = [.. values.Select(value => (float)(value * gain))];
        return _graph.Initializer(name, scaled, shape.Length == 0 ? [scaled.Length] : shape);
    }

    private static IEnumerable<double> Doubles(WeightTensor tensor) => tensor.Values.Select(value => (double)value);
}
