using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx.Tests;

public sealed class HalfStorageTests
{
    private static readonly ModelProto Full =
        SaeExporter.TextureEncoder(new SaeWeights(SaeConfiguration.Edge, SaeGolden.Weights(SaeConfiguration.Edge)));

    [Fact]
    public void LargeWeights_TakeHalfTheBytes_AndAreReadBackRounded()
    {
        byte[] bytes = HalfStorage.Apply(Full).ToByteArray();
        Assert.InRange(bytes.Length, 0, 0.52 * Full.CalculateSize());
        Dictionary<string, WeightTensor> expected = OnnxFile.Initializers(Full, "full"),
            actual = OnnxFile.Initializers(OnnxFile.Parse(bytes, "half"), "half");
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, WeightTensor weight) in expected)
        {
            Assert.Equal(weight.Shape, actual[name].Shape);
            Assert.Equal(weight.Count < 256 ? weight.Values : weight.Values.Select(value => (float)(Half)value), actual[name].Values);
        }
    }

    [Fact]
    public void Widened_IsTheGraphWithRoundedWeights()
    {
        ModelProto widened = HalfStorage.Widen(HalfStorage.Apply(Full));
        Assert.Equal(Full.Graph.Node, widened.Graph.Node);
        Assert.Equal(Full.Graph.Initializer.Select(tensor => (tensor.Name, tensor.DataType, tensor.RawData.Length)),
            widened.Graph.Initializer.Select(tensor => (tensor.Name, tensor.DataType, tensor.RawData.Length)));
        Assert.Equal(HalfStorage.Apply(Full), HalfStorage.Apply(widened));
        Assert.Equal(Full, HalfStorage.Widen(Full));
    }

    [Fact]
    public void Weights_ThatSixteenBitsCannotHold_StayAsTheyAre()
    {
        GraphBuilder graph = new("test", "");
        string x = graph.Input("x", "", 1, 300);
        float[] values = [.. Enumerable.Range(0, 300).Select(i => i == 7 ? 70_000f : 0.1f * i)];
        graph.Output("y", "", graph.Add("sum", x, graph.Initializer("large", values, 1, 300)), 1, 300);
        ModelProto model = graph.Build("", []);
        Assert.Equal(model, HalfStorage.Apply(model));
    }
}
