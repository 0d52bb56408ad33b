using EdgeSimToReal.Onnx.Schema;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx.Tests;

public sealed class GraphBuilderTests
{
    private readonly GraphBuilder _graph = new("test", "For a test.");

    [Fact]
    public void Graph_CarriesNamesShapesAndVersions()
    {
        string x = _graph.Input("x", "What goes in.", "N", 3, "H", "W");
        _graph.Output("y", "What comes out.", _graph.LeakyRelu("act", x), "N", 3, "H", "W");
        ModelProto model = _graph.Build("A model.", [new KeyValuePair<string, string>("key", "value")]);

        // What a reader of the file sees, not what is in memory.
        model = ModelProto.Parser.ParseFrom(model.ToByteArray());
        Assert.Equal(8, model.IrVersion);
        OperatorSetIdProto import = Assert.Single(model.OpsetImport);
        Assert.Equal(("", 17), (import.Domain, import.Version));
        Assert.Equal("A model.", model.DocString);
        Assert.Equal("EdgeSimToReal", model.ProducerName);
        Assert.Equal(("key", "value"), (model.MetadataProps[0].Key, model.MetadataProps[0].Value));
        Assert.Equal(("test", "For a test."), (model.Graph.Name, model.Graph.DocString));
        ValueInfoProto input = Assert.Single(model.Graph.Input), output = Assert.Single(model.Graph.Output);
        Assert.Equal(("x", "What goes in."), (input.Name, input.DocString));
        Assert.Equal(["N", "3", "H", "W"], Shapes.Of(input));
        Assert.Equal(("y", "What comes out."), (output.Name, output.DocString));
        Assert.Equal(["LeakyRelu", "Identity"], model.Graph.Node.Select(node => node.OpType));
    }

    [Fact]
    public void ForeignDomain_IsImportedOnce()
    {
        string x = _graph.Input("x", "", 1);
        _graph.Node("Special", "b", [_graph.Node("Special", "a", [x], domain: "edgesim")], domain: "edgesim");
        ModelProto model = _graph.Build("", []);
        Assert.Equal([("", 17L), ("edgesim", 1L)], model.OpsetImport.Select(import => (import.Domain, import.Version)));
    }

    [Fact]
    public void Attributes_KeepTypeAndValue()
    {
        string x = _graph.Input("x", "", 1);
        _graph.Node("Any", "n", [x],
            attributes: [("i", 7L), ("f", 0.5f), ("s", "text"), ("is", new long[] { 1, 2 }), ("fs", new[] { 1f, 2f })]);
        AttributeProto[] attributes = [.. _graph.Build("", []).Graph.Node[0].Attribute];
        Assert.Equal(7, attributes[0].I);
        Assert.Equal(0.5f, attributes[1].F);
        Assert.Equal("text", attributes[2].S.ToStringUtf8());
        Assert.Equal([1, 2], attributes[3].Ints);
        Assert.Equal([1, 2], attributes[4].Floats);
        Assert.Equal(
            [
                AttributeProto.Types.AttributeType.Int, AttributeProto.Types.AttributeType.Float, AttributeProto.Types.AttributeType.String,
                AttributeProto.Types.AttributeType.Ints, AttributeProto.Types.AttributeType.Floats,
            ],
            attributes.Select(attribute => attribute.Type));
    }

    [Fact]
    public void Attribute_OfAnotherType_IsRefused()
    {
        string x = _graph.Input("x", "", 1);
        Assert.Contains("'flag'", Refused(() => _graph.Node("Any", "n", [x], attributes: ("flag", true))));
    }

    [Fact]
    public void DuplicateNames_AreRefused()
    {
        string x = _graph.Input("x", "", 1);
        _graph.LeakyRelu("a", x);
        Assert.Contains("'a'", Refused(() => _graph.LeakyRelu("a", x)));
        Assert.Contains("'x'", Refused(() => _graph.Input("x", "", 1)));
        Assert.Contains("'x'", Refused(() => _graph.Initializer("x", [1f], 1)));
        Assert.Contains("'a'", Refused(() => _graph.Output("a", "", x, 1)));
    }

    [Fact]
    public void UnknownInput_IsRefused_AndAbsentOptionalOneIsNot()
    {
        string x = _graph.Input("x", "", 1);
        Assert.Contains("'nothing'", Refused(() => _graph.Add("sum", x, "nothing")));
        Assert.Contains("'later'", Refused(() => _graph.Output("y", "", "later", 1)));
        Assert.Equal("resized", _graph.Node("Resize", "resized", [x, "", x]));
    }

    [Theory]
    [InlineData(6, new[] { 2, 2 })]
    [InlineData(0, new int[0])]
    [InlineData(4, new[] { -2, -2 })]
    [InlineData(1, new[] { 0 })]
    public void Initializer_OfWrongSize_IsRefused(int count, int[] shape) =>
        Assert.Contains("'w'", Refused(() => _graph.Initializer("w", new float[count], shape)));

    [Fact]
    public void EqualInitializers_AreStoredOnce_UnequalOnesOfTheSameNameAreRefused()
    {
        Assert.Equal("w", _graph.Initializer("w", [1f, 2f], 2));
        Assert.Equal("w", _graph.Initializer("w", [1f, 2f], 2));
        Assert.Contains("'w'", Refused(() => _graph.Initializer("w", [1f, 3f], 2)));
        Assert.Contains("'w'", Refused(() => _graph.Initializer("w", [1f, 2f], 1, 2)));
        Assert.Equal(_graph.Scalar(0.5f), _graph.Scalar(0.5f));
        Assert.Equal(_graph.Integers(1, 2), _graph.Integers(1, 2));
        Assert.NotEqual(_graph.Integers(1, 2), _graph.Integers(12));
        Assert.Equal(4, _graph.Build("", []).Graph.Initializer.Count);
    }

    [Fact]
    public void RefusedInitializer_LeavesNothingBehind()
    {
        string x = _graph.Input("x", "", 1);
        Refused(() => _graph.Initializer("x", [1f], 1));
        Refused(() => _graph.Initializer("x", [1f], 1)); // a second time, when a careless first one would have taken the name
        Assert.Empty(_graph.Build("", []).Graph.Initializer);
        Assert.Equal("x", x);
    }

    [Fact]
    public void FirKernel_IsTheOuterProductWithTheGivenSum()
    {
        float[] kernel = GraphOperators.FirKernel([1, 3, 3, 1], 4);
        Assert.Equal([1, 3, 3, 1, 3, 9, 9, 3, 3, 9, 9, 3, 1, 3, 3, 1], kernel.Select(value => (int)Math.Round(value * 16)));
        Assert.Equal(4, kernel.Sum(), 1e-6f);
        Assert.Equal(1, GraphOperators.FirKernel([1, 2, 1], 1).Sum(), 1e-6f);
    }

    private static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
}
