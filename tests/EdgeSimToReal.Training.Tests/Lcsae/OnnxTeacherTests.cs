using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Objectives;
using EdgeSimToReal.Training.Segmentation;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Lcsae;

/// <summary>Networks of others, as ONNX files, that teach or judge a training.</summary>
public sealed class OnnxTeacherTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Streets _streets = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _streets.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void OwnSegmenter_AsOnnx_ReadsTheSame(double scale, double temperature)
    {
        string weights = _streets.Segmenter(), onnx = Exported(weights);
        Tensor image = Images(2, 48, 64);
        using Teacher own = Read(Options(weights)), other = Read(Options(onnx));
        Tensor expected = own.Scores(image).log_softmax(1), actual = other.Scores(image).log_softmax(1);
        Assert.Equal(new long[] { 2, 10, 48, 64 }, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 1e-4f);
        Assert.Equal(own.Id, other.Id);

        TeacherOptions Options(string path) => new() { Path = path, Scale = scale, Temperature = temperature };
    }

    [Fact]
    public void Scores_AddUpMergedClasses_AndLeaveAbsentOnesOut()
    {
        // A network that puts out the same logits everywhere: 19 classes, each its own.
        float[] logits = [.. Enumerable.Range(0, 19).Select(i => i * 0.3f)];
        double[] shares = [.. logits.Select(logit => Math.Exp(logit))];
        using Teacher teacher = Read(Constant(logits), LabelSpaces.Shared10);
        float[] read = teacher.Scores(Images(1, 32, 32)).softmax(1)[0, .., 5, 7].data<float>().ToArray();
        // Shared10 lacks terrain (9); wall and fence, light and sign, person and rider, all vehicles are one each.
        double[] expected =
        [
            shares[0], shares[1], shares[2], shares[3] + shares[4], shares[5], shares[6] + shares[7], shares[8], shares[10],
            shares[11] + shares[12], shares[13..].Sum(),
        ];
        for (int c = 0; c < 10; c++)
            Assert.Equal(expected[c] / expected.Sum(), read[c], 1e-5);
        Assert.Empty(teacher.UnknownClasses);

        using Teacher common = Read(Constant(logits), LabelSpaces.Common16);
        Assert.Equal([13, 14, 15], common.UnknownClasses);
        Tensor labels = tensor(new byte[] { 0, 13, 14, 255 }).reshape(1, 2, 2);
        Assert.Equal(new byte[] { 0, 255, 255, 255 }, common.Known(labels).data<byte>().ToArray());
    }

    [Fact]
    public void Scores_OfASizeThatTheNetworkCantTake_ComeFromAPaddedImage()
    {
        // Halves twice and adds what it doubled twice: sides must be multiples of 4 (asked from 16 on); a hole would be an error.
        string path = Write("pyramid", ["N", 3, "H", "W"], graph =>
        {
            string x = graph.Node("Conv", "widen", ["image", Weight(graph, 19, 3, 3, 3)], attributes: ("pads", new long[] { 1, 1, 1, 1 }));
            string small = graph.Node("MaxPool", "small", [x], attributes:
                [("kernel_shape", new long[] { 64, 64 }), ("strides", new long[] { 64, 64 })]);
            string large = graph.Node("Resize", "large", [small, "", graph.Initializer("scales", [1, 1, 64, 64], 4)], attributes: ("mode", "nearest"));
            return graph.Node("Add", "sum", [x, large]);
        });
        using Teacher teacher = Read(path);
        Tensor image = Images(1, 70, 64);
        Tensor scores = teacher.Scores(image), padded = teacher.Scores(nn.functional.pad(image, [0, 0, 0, 58], PaddingModes.Replicate));
        Assert.Equal(new long[] { 1, 10, 70, 64 }, scores.shape);
        Assert.Equal(padded[.., .., ..70].contiguous().data<float>().ToArray(), scores.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void AFixedSize_IsToldAndNotStretched()
    {
        string path = Write("fixed", ["N", 3, 32, 64], graph => graph.Node("Conv", "c", ["image", Weight(graph, 19, 3, 1, 1)]));
        using Teacher teacher = Read(new TeacherOptions { Path = path, Space = "cityscapes-train", Scale = 2 });
        Assert.Equal(new long[] { 1, 10, 16, 32 }, teacher.Scores(Images(1, 16, 32)).shape);
        string message = Assert.Throws<EdgeSimException>(() => teacher.Scores(Images(1, 32, 64))).Message;
        Assert.Contains("64x32 alone", message);
        Assert.Contains("128x64", message);
    }

    [Fact]
    public void AWrongSpaceOrNone_IsRefused()
    {
        string path = Constant(new float[7]);
        Assert.Contains("'space' beside its path", Assert.Throws<EdgeSimException>(() => Read(new TeacherOptions { Path = path })).Message);
        Assert.Contains("19 classes", Assert.Throws<EdgeSimException>(() => Read(path)).Message);
    }

    [Fact]
    public void Loss_OfSeveral_IsTheirWeightedMean_OfLossesOrOfProbabilities()
    {
        TeacherOptions one = new() { Path = Constant(Logits(1), "one"), Space = "cityscapes-train", Weight = 3 };
        TeacherOptions two = new() { Path = Constant(Logits(2), "two"), Space = "cityscapes-train" };
        Tensor image = Images(1, 32, 32), labels = zeros(1, 32, 32, ScalarType.Byte);
        using Teacher first = Read(one), second = Read(two);
        double a = Share(first), b = Share(second);
        Assert.Equal(-((3 * Math.Log(a)) + Math.Log(b)) / 4, Loss(TeacherAveraging.Losses), 1e-5);
        Assert.Equal(-Math.Log(((3 * a) + b) / 4), Loss(TeacherAveraging.Probabilities), 1e-5);
        // By turns, over all turns the same mean.
        using OuterTeachers turns = Outer(new OuterOptions { Segmenters = [one, two] });
        Assert.Equal(Loss(TeacherAveraging.Losses), (Of(turns, 0) + Of(turns, 1)) / 2, 1e-5);

        double Share(Teacher teacher) => teacher.Scores(image).softmax(1)[0, 0, 0, 0].item<float>();

        double Loss(TeacherAveraging averaging)
        {
            using OuterTeachers teachers = Outer(new OuterOptions { Segmenters = [one, two], AllAtOnce = true, Averaging = averaging });
            return Of(teachers, 0);
        }

        double Of(OuterTeachers teachers, long step) => teachers.Loss(image, labels, step, null).item<float>();

        static float[] Logits(int seed) => GoldenTensor.Create($"logits {seed}", 19, 2);
    }

    [Fact]
    public void ATraining_LearnsFromOnnx_IsJudgedByOnnx_AndNamesBoth()
    {
        string judge = Exported(_streets.Segmenter("judge", seed: 8));
        LcsaeConfiguration configuration = _streets.Tiny();
        string foreign = Write("foreign", ["N", 3, "H", "W"], graph => graph.Node("Conv", "c", ["image", Weight(graph, 19, 3, 3, 3)],
            attributes: ("pads", new long[] { 1, 1, 1, 1 })));
        configuration = configuration with
        {
            Weights = configuration.Weights with { FeatureMatching = 0, ClassStyle = 0, Structure = 0, FeatureMeans = 0, Outer = 1 },
            Outer = new OuterOptions
            {
                AllAtOnce = true,
                Averaging = TeacherAveraging.Probabilities,
                Segmenters = [.. configuration.Outer.Segmenters, new TeacherOptions { Path = foreign, Space = "cityscapes-train", Scale = 2 }],
            },
            Validation = configuration.Validation with { Judge = judge },
        };
        using LcsaeTraining training = new(configuration);
        IReadOnlyDictionary<string, double> scalars = training.Advance();
        Assert.InRange(scalars["g/outer"], 0.1, 20);
        Assert.Equal([NetworkIdentity.Read(foreign)], training.TeacherIds.Skip(1));
        Assert.InRange(training.Validate()!.Scalars["miou"], 0, 1);
        Assert.Equal([NetworkIdentity.Read(judge)], training.SelectedBy);

        string matched = Assert.Throws<EdgeSimException>(() => new LcsaeTraining(configuration with
        {
            Weights = configuration.Weights with { FeatureMatching = 1 },
        })).Message;
        Assert.Contains(foreign, matched);
        Assert.Contains("has no feature maps", matched);
    }

    [Theory]
    [InlineData("sinet.onnx")]
    [InlineData("c3netv2.onnx")]
    public void SharedTeachers_TakeCropsOfAnySize_AndTheirGradientReachesTheImage(string file)
    {
        TeacherOptions options = new() { Path = SharedFolder.Require("weights", "teachers", file), Space = "cityscapes-train", Scale = 2 };
        using Teacher teacher = Teacher.Read(options, LabelSpaces.Common16, CPU);
        Tensor image = Images(1, 80, 112).requires_grad_();
        Tensor loss = SemanticLoss.Plain.Loss(teacher.Scores(image), zeros(1, 80, 112, ScalarType.Byte));
        loss.backward();
        float[] gradient = image.grad!.data<float>().ToArray();
        Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
        Assert.Contains(gradient, value => value != 0);
    }

    [Fact]
    public void Configuration_TakesPathsAndObjects()
    {
        ConfigurationDocument<LcsaeConfiguration> document = new(new LcsaeConfiguration());
        document.Merge("""
            { "outer": { "segmenters": [ "a.safetensors", { "path": "b.onnx", "space": "cityscapes-train", "scale": 2 } ] },
              "validation": { "judge": "c.onnx" } }
            """, "The text");
        document.Set("outer.segmenters.1.temperature=1.5");
        document.Set("outer.segmenters.2=d.onnx");
        document.Set("validation.judge.space=cityscapes-train");
        document.Set("outer.averaging=probabilities");
        LcsaeConfiguration bound = document.Bind();
        Assert.Equal(
        [
            "a.safetensors", new TeacherOptions { Path = "b.onnx", Space = "cityscapes-train", Scale = 2, Temperature = 1.5 }, "d.onnx",
        ], bound.Outer.Segmenters);
        Assert.Equal(new TeacherOptions { Path = "c.onnx", Space = "cityscapes-train" }, bound.Validation.Judge);
        Assert.Equal(TeacherAveraging.Probabilities, bound.Outer.Averaging);
        ConfigurationDocument<LcsaeConfiguration> again = new(new LcsaeConfiguration());
        again.Merge(ConfigurationJson.Write(bound), "The text");
        Assert.Equal(bound.Outer.Segmenters, again.Bind().Outer.Segmenters);
        string message = Assert.Throws<EdgeSimException>(() => document.Set("outer.segmenters.0.scales=2")).Message;
        Assert.Contains("'outer.segmenters.0.scale'", message);
        Assert.Contains("a text, the path, or an object", Assert.Throws<EdgeSimException>(() => document.Set("outer.segmenters.0=7")).Message);
    }

    [Fact]
    public void Configuration_RefusesWhatDoesNotGoTogether()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        TeacherOptions onnx = new() { Path = "a.onnx", Space = "cityscapes-train" };
        Refused("outer.segmenters.0.scale", new OuterOptions { Segmenters = [onnx with { Scale = 9 }] });
        Refused("no label space 'mars'", new OuterOptions { Segmenters = [onnx with { Space = "mars" }] });
        Refused("allAtOnce", new OuterOptions { Segmenters = [onnx], Averaging = TeacherAveraging.Probabilities });

        void Refused(string part, OuterOptions outer) =>
            Assert.Contains(part, Assert.Throws<EdgeSimException>((configuration with { Outer = outer }).Validate).Message);
    }

    private static Teacher Read(TeacherOptions options, LabelSpace? space = null) => Teacher.Read(options, space ?? LabelSpaces.Shared10, CPU);

    private static Teacher Read(string path, LabelSpace? space = null) =>
        Read(new TeacherOptions { Path = path, Space = "cityscapes-train" }, space);

    private static OuterTeachers Outer(OuterOptions options) => new(options, LabelSpaces.Shared10, SemanticLoss.Plain, CPU);

    private static Tensor Images(int count, int height, int width) =>
        tensor(GoldenTensor.Create($"images {height}x{width}", count * 3 * height * width, 1), [count, 3, height, width]);

    private string Exported(string weights)
    {
        using Segmenter segmenter = Segmenter.Load(weights);
        string path = Path.ChangeExtension(weights, ".onnx");
        Dictionary<string, string> metadata = new()
        {
            ["label_space"] = LabelSpaces.Shared10.Name,
            ["id"] = Core.Weights.WeightsIdentity.Of(ModuleWeights.Export(segmenter)),
        };
        File.WriteAllBytes(path, SegmenterExporter.Segmenter(segmenter.ExportWeights(), metadata).ToByteArray());
        return path;
    }

    private string Constant(float[] logits, string name = "constant") => Write(name, ["N", 3, "H", "W"], graph => graph.Node("Conv", "c",
        ["image", graph.Initializer("w", new float[logits.Length * 3], logits.Length, 3, 1, 1), graph.Initializer("b", logits, logits.Length)]));

    private static string Weight(GraphBuilder graph, params int[] shape) =>
        graph.Initializer("w", GoldenTensor.Create("teacher", shape.Aggregate(1, (a, b) => a * b), 0.5), shape);

    private string Write(string name, Dim[] input, Func<GraphBuilder, string> build)
    {
        GraphBuilder graph = new(name, "");
        graph.Input("image", "", input);
        graph.Output("logits", "", build(graph), "N", 19, "h", "w");
        ModelProto model = graph.Build("", []);
        string path = _folder[$"{name}.onnx"];
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
