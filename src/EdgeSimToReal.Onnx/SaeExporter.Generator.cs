using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <content>The generator.</content>
public static partial class SaeExporter
{
    /// <summary>
    /// Structure code, texture code, noise maps and, where the configuration has them, pyramid, picture and label map → image.
    /// </summary>
    /// <param name="weights">The parameters.</param>
    public static ModelProto Generator(SaeWeights weights)
    {
        SaeConfiguration configuration = weights.Configuration;
        GraphBuilder graph = new("generator", "Structure code, texture code and noise to image.");
        string structure = graph.Input(Structure, "Structure code; its length does not matter.",
            "N", configuration.StructureChannels, "h", "w");
        string texture = graph.Input(Texture, "Texture code; its length does not matter.", "N", configuration.TextureChannels);
        string? labels = configuration.LabelClasses == 0 ? null : graph.Input(Labels,
            "Share of each cell's pixels that have the class, in [0, 1].", "N", configuration.LabelClasses, "h", "w");
        for (int i = 0; i < configuration.PyramidBlocks.Count; i++)
        {
            (Dim height, Dim width) = LevelSize(configuration, i);
            graph.Input(PyramidLevel(i), "Level of the structure pyramid.", "N", configuration.PyramidChannels, height, width);
        }
        string? picture = configuration.ColourLevel == 0 ? null : graph.Input(Picture,
            "The image that colour transforms apply to, each plane with mean 0 and variance 1.", "N", 3, "H", "W");
        foreach (SaeNoiseLayer layer in configuration.NoiseLayers)
        {
            graph.Input(NoiseInput(layer), "Noise map, N(0, 1); zeros turn the grain off.", 1, 1,
                layer.Scale == 1 ? "h" : $"{layer.Scale}h", layer.Scale == 1 ? "w" : $"{layer.Scale}w");
        }
        texture = graph.L2Normalize("G.TextureNormalised", texture);

        string x = graph.L2Normalize("G.StructureNormalised", structure);
        const string modulation = "G.SpatialCodeModulation";
        string scale = graph.Unsqueeze($"{modulation}.scale",
            Affine(graph, weights, $"{modulation}.scale.affine", $"{modulation}.scale", texture));
        string shift = graph.Unsqueeze($"{modulation}.bias",
            Affine(graph, weights, $"{modulation}.bias.affine", $"{modulation}.bias", texture));
        x = graph.Add(modulation, graph.Mul($"{modulation}.product", x, scale), shift);
        if (labels is not null)
            x = graph.Join("G.Labelled", x, labels);

        foreach (SaeBlock block in configuration.HeadBlocks)
        {
            string main = Styled(graph, weights, block, texture, x, upsample: false);
            string skip = graph.Conv($"{block.Name}.skip", x,
                graph.Initializer($"{block.Name}.skip.Conv.weight", weights.Equalised($"{block.Name}.skip.Conv.weight", activated: false)));
            x = graph.Mul(block.Name, graph.Add($"{block.Name}.sum", main, skip), graph.Scalar(ResidualGain));
        }
        string? colours = null;
        foreach ((int j, SaeBlock block) in configuration.UpsamplingBlocks.Index())
        {
            int level = configuration.PyramidLevel(j);
            string main = Styled(graph, weights, block, texture, x, upsample: true, configuration.PyramidChannels > 0 ? PyramidLevel(level) : null);
            string skip = block.ChangesWidth ? Activated(graph, weights, $"{block.Name}.skip", x) : x;
            skip = graph.Bilinear2($"{block.Name}.skip.Up", skip);
            x = graph.Mul(block.Name, graph.Add($"{block.Name}.sum", main, skip), graph.Scalar(ResidualGain));
            if (picture is not null && level == configuration.ColourLevel)
                colours = Planes(graph, weights, "G.ToColour", texture, x, SaeConfiguration.ColourCoefficients);
        }

        string image = Planes(graph, weights, "G.ToRGB", texture, x, 3);
        if (colours is not null)
            image = graph.TransformColours("G.Coloured", colours, picture!, image, 1 << configuration.ColourLevel);
        graph.Output(Image, "RGB, meant for [-1, 1] but not clamped.", image, "N", 3, "H", "W");
        return Finish(graph, BundleRoles.Generator, "Generator of a label-consistent swapping autoencoder.", configuration);
    }

    // A modulated 1x1 convolution to planes, without demodulation.
    private static string Planes(GraphBuilder graph, SaeWeights weights, string layer, string texture, string x, int planes) =>
        graph.Conv(layer, Modulated(graph, weights, $"{layer}.conv", texture, x, demodulate: false),
            graph.Initializer($"{layer}.conv.weight", weights.Modulated($"{layer}.conv")),
            graph.Initializer($"{layer}.bias", weights[$"{layer}.bias"].Values, planes));

    // Two styled convolutions; the first one may double height and width, and then a level of the pyramid is added to its result.
    private static string Styled(GraphBuilder graph, SaeWeights weights, SaeBlock block, string texture, string x, bool upsample,
        string? level = null)
    {
        foreach (string part in new[] { "conv1", "conv2" })
        {
            string layer = $"{block.Name}.{part}";
            x = Modulated(graph, weights, $"{layer}.conv", texture, x, demodulate: true);
            WeightTensor weight = weights.Demodulated($"{layer}.conv");
            if (upsample && part == "conv1")
            {
                x = graph.ConvTranspose2($"{layer}.conv", x, graph.Initializer($"{layer}.conv.weight", SaeWeights.Transposed(weight)));
                x = graph.Fir($"{layer}.conv.blur", x, block.Output, GeneratorTaps, 4, 1);
            }
            else
            {
                x = graph.Conv($"{layer}.conv", x, graph.Initializer($"{layer}.conv.weight", weight), padding: 1);
            }
            string noise = graph.Mul($"{layer}.noise.scaled", $"noise.{layer}.noise",
                graph.Initializer($"{layer}.noise.weight", [weights.NoiseGain($"{layer}.noise")], 1));
            x = graph.Add($"{layer}.noise", x, noise);
            float[] bias = weights.ActivationBias($"{layer}.activate.bias").Values;
            x = graph.Add($"{layer}.bias", x, graph.Initializer($"{layer}.activate.bias", bias, 1, block.Output, 1, 1));
            x = graph.LeakyRelu($"{layer}.activate", x);
            if (level is not null && part == "conv1")
            {
                string lateral = graph.Conv($"{block.Name}.lateral", level, graph.Initializer($"{block.Name}.lateral.Conv.weight",
                    weights.Equalised($"{block.Name}.lateral.Conv.weight", activated: false)));
                x = graph.Add($"{block.Name}.fused", x, lateral);
            }
        }
        return x;
    }

    // x · style, one factor per input channel; the convolution that follows has constant weights.
    private static string Modulated(GraphBuilder graph, SaeWeights weights, string layer, string texture, string x, bool demodulate)
    {
        string style = Affine(graph, weights, $"{layer}.affine", $"{layer}.modulation", texture);
        if (demodulate)
        {
            string squares = graph.Mul($"{layer}.style/squares", style, style);
            string mean = graph.Node("ReduceMean", $"{layer}.style/mean", [squares],
                attributes: [("axes", new long[] { 1 }), ("keepdims", 1L)]);
            string root = graph.Node("Sqrt", $"{layer}.style/root", [graph.Add($"{layer}.style/epsilon", mean, graph.Scalar(1e-8f))]);
            style = graph.Node("Div", $"{layer}.style", [style, root]);
        }
        return graph.Mul($"{layer}.modulated", x, graph.Unsqueeze($"{layer}.modulation", style));
    }

    private static string Affine(GraphBuilder graph, SaeWeights weights, string name, string layer, string texture) =>
        graph.Linear(name, texture, graph.Initializer($"{layer}.weight", weights.Equalised($"{layer}.weight", activated: false)),
            graph.Initializer($"{layer}.bias", weights[$"{layer}.bias"]));
}
