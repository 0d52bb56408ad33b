using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Tests.Baking;

/// <summary>What a configuration says of a live frame's cost against the convolutions of its live graph.</summary>
public sealed class LiveCostTests
{
    [Theory]
    [InlineData("tiny")]
    [InlineData("tiny-pyramid")]
    [InlineData("edge")]
    [InlineData("edge-pyramid")]
    public void LiveMultiplyAccumulates_AreThoseOfTheGraphsConvolutions(string preset)
    {
        const int width = 256, height = 128;
        SaeConfiguration configuration = SaeGolden.Configuration(preset);
        using TemporaryFolder folder = new();
        ModelBundle bundle = TestModels.Bundle(folder["bundle"], configuration);
        ModelProto model = LiveGraph.Build(bundle, TestModels.Texture(bundle).Values,
            new BakeOptions(width, height) { Upsampling = UpsamplingForm.TransposedConvolution });
        Dictionary<string, TensorProto> constants = model.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        NodeProto[] nodes = [.. model.Graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose")];
        // A transposed convolution multiplies each pixel of its input, another one makes each pixel of its output.
        string[] maps = [.. nodes.Select(node => node.OpType == "Conv" ? node.Output[0] : node.Input[0])];
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(maps.Distinct().Select(map => new ValueInfoProto
        {
            Name = map,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        using OrtGraph graph = new(model.ToByteArray(), $"cost of {preset}");
        Dictionary<string, long[]> shapes = maps.Distinct()
            .Zip(graph.RunAll((LiveGraph.InputName, [1, 3, height, width], new float[3 * width * height])), (map, value) => (map, value.Shape))
            .ToDictionary(pair => pair.map, pair => pair.Shape);
        double sum = nodes.Zip(maps, (node, map) =>
            (double)shapes[map][2] * shapes[map][3] * constants[node.Input[1]].Dims.Aggregate(1L, (product, size) => product * size)).Sum();
        if (configuration.ColourLevel > 0)
            sum += (double)SaeConfiguration.ColourCoefficients * width * height; // the transforms applied, which are no convolution
        // The encoder's filters have a row and a column more than the configuration counts.
        Assert.InRange(configuration.LiveMultiplyAccumulates(height, width) / sum, 0.995, 1);
    }
}
