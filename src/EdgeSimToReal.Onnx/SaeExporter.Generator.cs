using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <content>The generator.</content>
public static partial class SaeExporter
{
    /// <summary>Structure code, texture code, noise maps and, where the generator is conditioned, label map → image.</summary>
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
        foreach (SaeBlock block in configuration.UpsamplingBlocks)
        {
            string main = Styled(graph, weights, block, texture, x, upsample: true);
            string skip = block.ChangesWidth ? Activated(graph, weights, $"{block.Name}.skip", x) : x;
            skip = graph.Bilinear2($"{block.Name}.skip.Up", skip);
            x = graph.Mul(block.Name, graph.Add($"{block.Name}.sum", main, skip), graph.Scalar(ResidualGain));
        }

        x = Modulated(graph, weights, "G.ToRGB.conv", texture, x, demodulate: false);
        string image = graph.Conv("G.ToRGB", x,
            graph.Initializer("G.ToRGB.conv.weight", weights.Modulated("G.ToRGB.conv")),
            graph.Initializer("G.ToRGB.bias", weights["G.ToRGB.bias"].Values, 3));
        graph.Output(Image, "RGB, meant for [-1, 1] but not clamped.", image, "N", 3, "H", "W");
        return Finish(graph, BundleRoles.Generator, "Generator of a label-consistent swapping autoencoder.", configuration);
    }

    // Two styled convolutions; the first one may double height and width.
    private static string Styled(GraphBuilder graph, SaeWeights weights, SaeBlock block, string texture, string x, bool upsample)
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
