using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Training.Interpreting;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Interpreting;

/// <summary>Single operators against ONNX Runtime, gradients, taps, errors and memory of the interpreter.</summary>
public sealed class OnnxNetworkTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>Operators with the attributes that are easily misread, on [2, 4, 9, 11].</summary>
    public static TheoryData<string> Operators => [.. Graphs.Keys];

    private static readonly Dictionary<string, Func<GraphBuilder, string>> Graphs = new()
    {
        ["Conv, asymmetric pads"] = g => g.Node("Conv", "y", ["x", Weight(g, 6, 4, 3, 3)], attributes: ("pads", new long[] { 2, 1, 0, 3 })),
        ["Conv, groups, dilation, stride"] = g => g.Node("Conv", "y", ["x", Weight(g, 6, 2, 3, 3), Weight(g, 6)], attributes:
            [("group", 2L), ("dilations", new long[] { 2, 1 }), ("strides", new long[] { 2, 3 }), ("pads", new long[] { 2, 1, 2, 1 })]),
        ["Conv, SAME_UPPER"] = g => g.Node("Conv", "y", ["x", Weight(g, 3, 4, 3, 3)], attributes:
            [("auto_pad", "SAME_UPPER"), ("strides", new long[] { 2, 2 })]),
        ["Conv, SAME_LOWER"] = g => g.Node("Conv", "y", ["x", Weight(g, 3, 4, 2, 2)], attributes: ("auto_pad", "SAME_LOWER")),
        ["ConvTranspose, output padding"] = g => g.Node("ConvTranspose", "y", ["x", Weight(g, 4, 5, 3, 3), Weight(g, 5)], attributes:
            [("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }), ("output_padding", new long[] { 1, 0 })]),
        ["ConvTranspose, asymmetric pads"] = g => g.Node("ConvTranspose", "y", ["x", Weight(g, 4, 2, 4, 4)], attributes:
            [("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 0, 2, 3 }), ("group", 2L)]),
        ["BatchNormalization"] = g => Normalised(g, "x"),
        ["Conv, then BatchNormalization"] = g => Normalised(g, g.Node("Conv", "c", ["x", Weight(g, 4, 4, 3, 3), Weight(g, 4)])),
        ["Conv read twice, BatchNormalization"] = g =>
            Through(g, g.Node("Conv", "c", ["x", Weight(g, 4, 4, 1, 1)]), c => g.Node("Add", "y2", [Normalised(g, c), c])),
        ["MaxPool, asymmetric pads"] = g => g.Node("MaxPool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 0, 0 })]),
        ["MaxPool, ceil"] = g => g.Node("MaxPool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", 1L)]),
        ["AveragePool, padding not counted"] = g => g.Node("AveragePool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })]),
        ["AveragePool, padding counted"] = g => g.Node("AveragePool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("count_include_pad", 1L)]),
        ["AveragePool, asymmetric, not counted"] = g => g.Node("AveragePool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 0, 1, 2, 0 })]),
        ["AveragePool, asymmetric, counted"] = g => g.Node("AveragePool", "y", ["x"], attributes:
            [("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 0, 1, 2, 0 }), ("count_include_pad", 1L)]),
        ["Resize, linear, half pixel"] = g => Resize(g, [1, 1, 2, 3], "linear", "half_pixel"),
        ["Resize, linear, align corners"] = g => Resize(g, [1, 1, 2, 3], "linear", "align_corners"),
        ["Resize, linear, asymmetric"] = g => Resize(g, [1, 1, 2, 2], "linear", "asymmetric"),
        ["Resize, linear, factor that does not divide"] = g => Resize(g, [1, 1, 1.7f, 0.6f], "linear", "half_pixel"),
        ["Resize, nearest, half pixel"] = g => Resize(g, [1, 1, 1.5f, 0.5f], "nearest", "half_pixel"),
        ["Resize, nearest, floor"] = g => Resize(g, [1, 1, 2, 2], "nearest", "asymmetric", "floor"),
        ["Resize, linear, sizes"] = g => g.Node("Resize", "y", ["x", "", "", g.Integers(2, 4, 5, 23)], attributes:
            [("mode", "linear"), ("coordinate_transformation_mode", "pytorch_half_pixel")]),
        ["PRelu"] = g => g.Node("PRelu", "y", ["x", Weight(g, 4, 1, 1)]),
        ["PRelu, one slope a column"] = g => g.Node("PRelu", "y", ["x", Weight(g, 11)]),
        ["Clip, one side"] = g => g.Node("Clip", "y", ["x", "", g.Scalar(0.3f)]),
        ["HardSwish"] = g => g.Node("HardSwish", "y", ["x"]),
        ["HardSigmoid"] = g => g.Node("HardSigmoid", "y", ["x"], attributes: ("alpha", 0.3f)),
        ["Softmax over channels"] = g => g.Node("Softmax", "y", ["x"], attributes: ("axis", 1L)),
        ["LogSoftmax"] = g => g.Node("LogSoftmax", "y", ["x"]),
        ["ReduceMean"] = g => g.Node("ReduceMean", "y", ["x"], attributes: [("axes", new long[] { -1, 1 }), ("keepdims", 0L)]),
        ["ReduceMax, all"] = g => g.Node("ReduceMax", "y", ["x"]),
        ["GlobalAveragePool"] = g => g.Node("GlobalAveragePool", "y", ["x"]),
        ["Slice, steps, from the end"] = g =>
            g.Node("Slice", "y", ["x", g.Integers(1, -7), g.Integers(long.MaxValue, -1), g.Integers(1, 3), g.Integers(2, 3)]),
        ["Gather, channel shuffle"] = g => g.Node("Gather", "y", ["x", g.Integers(0, 2, 1, -1)], attributes: ("axis", 1L)),
        ["Pad, edge"] = g => g.Node("Pad", "y", ["x", g.Integers(0, 0, 1, 2, 0, 0, 3, 0)], attributes: ("mode", "edge")),
        ["Pad, constant, cropping"] = g => g.Node("Pad", "y", ["x", g.Integers(0, 1, -1, 2, 0, 0, 3, -2), g.Scalar(0.5f)]),
        ["Reshape by Shape"] = g => g.Node("Reshape", "y", ["x", g.Node("Concat", "shape",
            [g.Node("Slice", "n", [g.Node("Shape", "s", ["x"]), g.Integers(0), g.Integers(2)]), g.Integers(-1)],
            attributes: ("axis", 0L))]),
        ["Transpose, MatMul"] = g =>
            g.Node("MatMul", "y", ["x", g.Node("Transpose", "t", ["x"], attributes: ("perm", new long[] { 0, 1, 3, 2 }))]),
        ["Gemm"] = g => g.Node("Gemm", "y", [g.Node("Flatten", "f", ["x"]), Weight(g, 7, 396), Weight(g, 7)], attributes:
            [("transB", 1L), ("alpha", 0.5f), ("beta", 2f)]),
        ["DepthToSpace"] = g => g.Node("DepthToSpace", "y", ["x"], attributes: [("blocksize", 2L), ("mode", "CRD")]),
        ["Squeeze, Unsqueeze"] = g => g.Node("Squeeze", "y", [g.Node("Unsqueeze", "u", ["x", g.Integers(0, -1)]), g.Integers(5)]),
        ["Pow, Sqrt, Div"] = g => g.Node("Div", "y", ["x", g.Node("Sqrt", "r", [g.Node("Add", "a",
            [g.Node("Pow", "p", ["x", g.Scalar(2)]), g.Scalar(1)])])]),
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void Operator_AgreesWithOnnxRuntime_AndItsGradientWithFiniteDifferences(string name)
    {
        ModelProto model = Model(Graphs[name]);
        using OnnxNetwork network = OnnxNetwork.Of(model, name);
        using OnnxGraph graph = new(model);
        Tensor x = Input();
        (long[] shape, float[] expected) = graph.Run(("x", x));
        Tensor y = network.Forward(x);
        Assert.Equal(shape, y.shape);
        Assert.True(GoldenTensor.RelativeL2(y.contiguous().data<float>().ToArray(), expected) <= 1e-6);

        // Along a random direction, in 64 bits: the step is so small that no comparison of the operator changes its outcome.
        Tensor wide = x.to(ScalarType.Float64).requires_grad_(), direction = Input("direction").to(ScalarType.Float64);
        Tensor cotangent = tensor(GoldenTensor.Create("cotangent", (int)y.numel(), 1), y.shape).to(ScalarType.Float64);
        Tensor loss = (network.Forward(wide) * cotangent).sum();
        loss.backward();
        double slope = (wide.grad! * direction).sum().item<double>();
        const double step = 1e-6;
        using IDisposable frozen = no_grad();
        double difference = ((network.Forward(wide + (direction * step)) - network.Forward(wide - (direction * step))) * cotangent).sum()
            .item<double>() / (2 * step);
        Assert.Equal(difference, slope, 1e-5 * Math.Max(1, Math.Abs(difference)));
    }

    [Fact]
    public void Forward_CutAtAValue_RunsNoLaterNode()
    {
        ModelProto model = Model(g => g.Node("Reshape", "y", [g.Node("Relu", "cut", [g.Node("Neg", "before", ["x"])]), g.Integers(7, 13)]));
        using OnnxNetwork network = OnnxNetwork.Of(model, "cut.onnx");
        IReadOnlyList<Tensor> values = network.Forward(Input(), ["cut", "before"]);
        Assert.Equal(Input().neg().relu().data<float>().ToArray(), values[0].data<float>().ToArray());
        Assert.Equal(Input().neg().data<float>().ToArray(), values[1].data<float>().ToArray());
        // The rest can't take this size, and says which node that is.
        Assert.Contains("'y' (Reshape)", Assert.Throws<EdgeSimException>(() => network.Forward(Input())).Message);
    }

    [Fact]
    public void Forward_UnknownValue_IsRefused()
    {
        using OnnxNetwork network = OnnxNetwork.Of(Model(g => g.Node("Relu", "y", ["x"])), "relu.onnx");
        Assert.Contains("'z'", Assert.Throws<EdgeSimException>(() => network.Forward(Input(), ["z"])).Message);
    }

    [Theory]
    [InlineData("Multinomial", "", "is an operator that is not supported")]
    [InlineData("Relu", "other.company", "domain 'other.company'")]
    public void Load_UnsupportedOperator_IsNamedWithItsNode(string operation, string domain, string reason)
    {
        ModelProto model = Model(g => g.Node(operation, "odd one", ["x"], domain: domain));
        string message = Assert.Throws<EdgeSimException>(() => OnnxNetwork.Of(model, "net.onnx")).Message;
        Assert.Contains("'net.onnx'", message);
        Assert.Contains($"'odd one' ({operation})", message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void Load_UnsupportedFormOfAnOperator_IsRefused()
    {
        ModelProto model = Model(g => Resize(g, [1, 1, 2, 2], "cubic", "half_pixel"));
        Assert.Contains("mode 'cubic'", Assert.Throws<EdgeSimException>(() => OnnxNetwork.Of(model, "net.onnx")).Message);
    }

    [Fact]
    public void Load_MissingFileAndNoModel_AreRefused()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "x.onnx");
        Assert.Contains(path, Assert.Throws<EdgeSimException>(() => OnnxNetwork.Load(path)).Message);
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Contains(path, Assert.Throws<EdgeSimException>(() => OnnxNetwork.Load(path)).Message);
        Assert.Contains("NuGet", Assert.Throws<EdgeSimException>(() => ResNet18Features.Load(Path.Combine(folder.Path, "none"))).Message);
        File.WriteAllBytes(path, Model(g => g.Node("Relu", "y", ["x"])).ToByteArray());
        Assert.Contains("no value 'ReLU253_Output_0'", Assert.Throws<EdgeSimException>(() => ResNet18Features.Load(path)).Message);
    }

    [Fact]
    public void Forward_Bfloat16_ComputesInIt()
    {
        using OnnxNetwork network = OnnxNetwork.Of(Model(Graphs["Conv, then BatchNormalization"]), "net.onnx");
        Tensor exact = network.Forward(Input()), rough = network.Forward(Input().to(ScalarType.BFloat16));
        Assert.Equal(ScalarType.BFloat16, rough.dtype);
        double error = GoldenTensor.RelativeL2(rough.to(ScalarType.Float32).data<float>().ToArray(), exact.data<float>().ToArray());
        Assert.InRange(error, 1e-6, 0.01);
    }

    [Theory]
    [InlineData("Conv, asymmetric pads")]
    [InlineData("ConvTranspose, asymmetric pads")]
    public void Forward_Bfloat16OfFewChannels_ComputesInFp32AndRounds(string name)
    {
        // The weights in bf16 too, so that only the sums differ: by a rounding of the result at most.
        ModelProto model = Model(Graphs[name]);
        foreach (TensorProto weight in model.Graph.Initializer)
        {
            Tensor values = tensor(TensorData.Floats(weight, name)).to(ScalarType.BFloat16).to(ScalarType.Float32);
            weight.RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values.data<float>().ToArray()));
        }
        using OnnxNetwork network = OnnxNetwork.Of(model, name);
        Tensor x = Input().to(ScalarType.BFloat16);
        Tensor exact = network.Forward(x.to(ScalarType.Float32)).to(ScalarType.BFloat16).to(ScalarType.Float32);
        Assert.Equal(exact.data<float>().ToArray(), network.Forward(x).to(ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void Forward_WithoutGradients_LeavesNoTensorBehind()
    {
        using OnnxNetwork network = OnnxNetwork.Of(Model(Graphs["Reshape by Shape"]), "net.onnx");
        using IDisposable frozen = no_grad();
        Tensor x = Input();
        network.Forward(x).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        network.Forward(x).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Id_FollowsTheWeights()
    {
        using OnnxNetwork one = OnnxNetwork.Of(Model(Graphs["PRelu"]), "a"), same = OnnxNetwork.Of(Model(Graphs["PRelu"]), "b");
        using OnnxNetwork other = OnnxNetwork.Of(Model(Graphs["BatchNormalization"]), "c");
        Assert.Equal(one.Id, same.Id);
        Assert.NotEqual(one.Id, other.Id);
    }

    [Fact]
    public void ResNet18_GradientReachesTheImage()
    {
        using ResNet18Features features = ResNet18Features.Load();
        Tensor image = tensor(GoldenTensor.Create("features", 3 * 64 * 96, 1), [1, 3, 64, 96]).requires_grad_();
        IReadOnlyList<Tensor> maps = features.Forward(image, 3);
        Assert.Equal(3, maps.Count);
        maps[2].square().mean().backward();
        Assert.True(image.grad!.abs().amax([0, 2, 3]).min().item<float>() > 0);
    }

    private static Tensor Input(string name = "x") => tensor(GoldenTensor.Create(name, 2 * 4 * 9 * 11, 1), [2, 4, 9, 11]);

    private static ModelProto Model(Func<GraphBuilder, string> build)
    {
        GraphBuilder graph = new("test", "");
        graph.Input("x", "", 2, 4, 9, 11);
        string y = build(graph);
        ModelProto model = graph.Build("", []);
        model.Graph.Output.Add(new ValueInfoProto
        {
            Name = y,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        });
        return model;
    }

    private static string Weight(GraphBuilder graph, params int[] shape)
    {
        string name = $"w.{string.Join("x", shape)}";
        return graph.Initializer(name, GoldenTensor.Create(name, shape.Aggregate(1, (a, b) => a * b), 0.5), shape);
    }

    private static string Normalised(GraphBuilder graph, string x) => graph.Node("BatchNormalization", "n",
        [x, .. new[] { "scale", "shift", "mean", "variance" }.Select(name => graph.Initializer(name, GoldenTensor.Create(name, 4, 0.5, 1), 4))],
        attributes: ("epsilon", 1e-3f));

    private static string Through(GraphBuilder _, string value, Func<string, string> next) => next(value);

    private static string Resize(GraphBuilder graph, float[] scales, string mode, string coordinates, string rounding = "round_prefer_floor") =>
        graph.Node("Resize", "y", ["x", "", graph.Initializer("scales", scales, 4)], attributes:
            [("mode", mode), ("coordinate_transformation_mode", coordinates), ("nearest_mode", rounding)]);
}
