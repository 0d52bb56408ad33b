using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <content>The encoder's two heads.</content>
public static partial class SaeExporter
{
    /// <summary>Image → structure code and, where the configuration has them, pyramid and picture (<see cref="StructureNames"/>).</summary>
    /// <param name="weights">The parameters.</param>
    public static ModelProto StructureEncoder(SaeWeights weights)
    {
        SaeConfiguration configuration = weights.Configuration;
        GraphBuilder graph = new("structure_encoder", "Image to structure code: what is where, without its look.");
        string image = graph.Input(Image, "RGB in [-1, 1].", "N", 3, "H", "W");
        List<string> levels = [];
        string x = EncoderTrunk(graph, weights, image, levels);
        x = Activated(graph, weights, "E.ToSpatialCode.0", x);
        x = graph.Conv("E.ToSpatialCode.1", x,
            graph.Initializer("E.ToSpatialCode.1.Conv.weight", weights.Equalised("E.ToSpatialCode.1.Conv.weight", activated: false)),
            graph.Initializer("E.ToSpatialCode.1.Conv.bias", weights["E.ToSpatialCode.1.Conv.bias"]));
        graph.Output(Structure, "Structure code, of unit length over the channels.", graph.L2Normalize("E.StructureNormalised", x),
            "N", configuration.StructureChannels, "h", "w");
        for (int i = 0; i < levels.Count; i++)
        {
            (Dim height, Dim width) = LevelSize(configuration, i);
            graph.Output(PyramidLevel(i), "Level of the structure pyramid; each channel has mean 0 and variance 1 over space.", levels[i],
                "N", configuration.PyramidChannels, height, width);
        }
        if (configuration.ColourLevel > 0)
        {
            graph.Output(Picture, "The image, each plane with mean 0 and variance 1.", graph.Standardise("E.Standardised", image, 3),
                "N", 3, "H", "W");
        }
        return Finish(graph, BundleRoles.StructureEncoder, "Structure encoder of a label-consistent swapping autoencoder.", configuration);
    }

    /// <summary>Image → texture code.</summary>
    /// <param name="weights">The parameters.</param>
    public static ModelProto TextureEncoder(SaeWeights weights)
    {
        SaeConfiguration configuration = weights.Configuration;
        GraphBuilder graph = new("texture_encoder", "Image to texture code: light, colour and materials, without their places.");
        string image = graph.Input(Image, "RGB in [-1, 1].", "N", 3, "H", "W");
        string x = EncoderTrunk(graph, weights, image);
        foreach (SaeBlock block in configuration.TextureBlocks)
            x = Activated(graph, weights, block.Name, x, stride: 2);
        x = graph.Node("ReduceMean", "E.TextureMean", [x], attributes: [("axes", new long[] { 2, 3 }), ("keepdims", 0L)]);
        x = graph.Linear("E.ToGlobalCode.0", x,
            graph.Initializer("E.ToGlobalCode.0.weight", weights.Equalised("E.ToGlobalCode.0.weight", activated: false)),
            graph.Initializer("E.ToGlobalCode.0.bias", weights["E.ToGlobalCode.0.bias"]));
        graph.Output(Texture, "Texture code, of unit length.", graph.L2Normalize("E.TextureNormalised", x),
            "N", configuration.TextureChannels);
        return Finish(graph, BundleRoles.TextureEncoder, "Texture encoder of a label-consistent swapping autoencoder.", configuration);
    }

    // With a list, the pyramid's levels are added to it.
    private static string EncoderTrunk(GraphBuilder graph, SaeWeights weights, string image, List<string>? levels = null)
    {
        string x = Activated(graph, weights, "E.FromRGB", image);
        IReadOnlyList<SaeBlock> pyramid = levels is null ? [] : weights.Configuration.PyramidBlocks;
        foreach ((int i, SaeBlock block) in weights.Configuration.EncoderBlocks.Index())
        {
            if (i < pyramid.Count)
            {
                string name = pyramid[i].Name;
                string level = graph.Conv(name, x,
                    graph.Initializer($"{name}.Conv.weight", weights.Equalised($"{name}.Conv.weight", activated: false)));
                levels!.Add(graph.Standardise($"{name}.standardised", level, pyramid[i].Output));
            }
            // Main path: 3x3, then blur and 3x3 of stride 2; reflection padding.
            string main = Activated(graph, weights, $"{block.Name}.conv1", graph.ReflectPad($"{block.Name}.conv1.pad", x, 1, 1));
            main = graph.ReflectPad($"{block.Name}.conv2.pad", main, 2, 1);
            main = graph.Fir($"{block.Name}.conv2.Blur", main, block.Input, EncoderTaps, 1, 0);
            main = Activated(graph, weights, $"{block.Name}.conv2", main, stride: 2);
            // Skip path: blur and 1x1 of stride 2; zero padding (1, 0), whatever the main path does.
            string kernel = $"{block.Name}.skip.Blur";
            string skip = graph.Conv(kernel, x, FirWeight(graph, block.Input), null, 2, [1, 1, 0, 0], block.Input);
            skip = graph.Conv($"{block.Name}.skip", skip,
                graph.Initializer($"{block.Name}.skip.Conv.weight", weights.Equalised($"{block.Name}.skip.Conv.weight", activated: false)));
            x = graph.Mul(block.Name, graph.Add($"{block.Name}.sum", main, skip), graph.Scalar(ResidualGain));
        }
        return x;
    }

    // The blur's stride of 2 is taken before the 1x1 convolution, which sees only those positions anyway.
    private static string FirWeight(GraphBuilder graph, int channels)
    {
        float[] kernel = GraphOperators.FirKernel(EncoderTaps, 1);
        float[] repeated = [.. Enumerable.Range(0, channels).SelectMany(_ => kernel)];
        return graph.Initializer($"fir.1_2_1.sum1.x{channels}", repeated, channels, 1, 3, 3);
    }

    // Equalised convolution without padding, bias and fused leaky ReLU, √2 worked into weight and bias.
    private static string Activated(GraphBuilder graph, SaeWeights weights, string layer, string x, int stride = 1) =>
        graph.LeakyRelu($"{layer}.Act", graph.Conv(layer, x,
            graph.Initializer($"{layer}.Conv.weight", weights.Equalised($"{layer}.Conv.weight", activated: true)),
            graph.Initializer($"{layer}.Act.bias", weights.ActivationBias($"{layer}.Act.bias")), stride));
}
