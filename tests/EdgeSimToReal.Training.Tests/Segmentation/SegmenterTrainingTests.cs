using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Segmentation;
using EdgeSimToReal.Training.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Segmentation;

public sealed class SegmenterTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ImageSetOptions? _training;
    private ImageSetOptions? _validation;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_AreTable41()
    {
        SegmenterTrainingConfiguration paper = SegmenterTrainingConfiguration.Preset("paper");
        SegmenterConfiguration network = paper.Network();
        Assert.Equal((SegmenterArchitecture.DeepLabMobileNetV2, 16, 16), (network.Architecture, network.Classes, network.OutputStride));
        Assert.Equal((256, 256, 128, 30_000), (paper.CropHeight, paper.CropWidth, paper.BatchSize, paper.Steps));
        Assert.Equal((SegmenterOptimizer.Sgd, 0.1, 1e-4, 0.9), (paper.Optimizer, paper.LearningRate, paper.WeightDecay, paper.Momentum));
        Assert.Equal(new PhotometricJitter { Brightness = 0.5, Contrast = 0.5, Saturation = 0.5 }, paper.Jitter);
        string json = ConfigurationJson.Write(paper with { Training = [new() { Path = "here", Space = "camvid11" }] });
        SegmenterTrainingConfiguration read = JsonSerializer.Deserialize<SegmenterTrainingConfiguration>(json, ConfigurationJson.Options)!;
        Assert.Equal(json, ConfigurationJson.Write(read));
        Assert.Contains("\"optimizer\": \"sgd\"", json);
    }

    [Fact]
    public void Rate_FollowsThePolynomial()
    {
        SegmenterTrainingConfiguration paper = new();
        Assert.Equal(0.1, paper.RateAt(0));
        Assert.Equal(0.1 * Math.Pow(0.5, 0.9), paper.RateAt(15_000), 1e-12);
        Assert.Equal(1e-6, paper.RateAt(30_000));
        SegmenterTrainingConfiguration configuration = Tiny(steps: 4) with { BackboneRateFactor = 0.1 };
        using SegmenterTraining training = new(configuration);
        for (int step = 0; step < 4; step++)
        {
            IReadOnlyDictionary<string, double> scalars = training.Advance();
            Assert.Equal(configuration.RateAt(step), scalars["rate/head"]);
            Assert.Equal(0.1 * configuration.RateAt(step), scalars["rate/backbone"], 1e-12);
        }
    }

    [Fact]
    public void Sgd_MovesBackboneAndHeadByTheirRates()
    {
        // One step of SGD from the same weights: the change is rate · gradient, so a factor on the rate shows as a factor on the change.
        SegmenterTrainingConfiguration configuration = Tiny(steps: 10) with { Optimizer = SegmenterOptimizer.Sgd, WeightDecay = 0 };
        (double backbone, double head) = Change(configuration with { BackboneRateFactor = 1 });
        (double tenth, double same) = Change(configuration with { BackboneRateFactor = 0.1 });
        Assert.Equal(0.1, tenth / backbone, 1e-4);
        Assert.Equal(1, same / head, 1e-6);
        Assert.Equal(0, Change(configuration with { BackboneRateFactor = 0 }).Backbone);

        static (double Backbone, double Head) Change(SegmenterTrainingConfiguration configuration)
        {
            using SegmenterTraining training = new(configuration);
            Dictionary<string, WeightTensor> before = Parameters(training.Network);
            training.Advance();
            ILookup<bool, double> changes = Parameters(training.Network).ToLookup(
                pair => pair.Key.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal),
                pair => pair.Value.Values.Zip(before[pair.Key].Values, (a, b) => Math.Abs((double)a - b)).Sum());
            return (changes[true].Sum(), changes[false].Sum());
        }

        static Dictionary<string, WeightTensor> Parameters(Segmenter network) => ModuleWeights.Export(network)
            .Where(pair => !pair.Key.Contains("running_", StringComparison.Ordinal)).ToDictionary();
    }

    [Fact]
    public void Training_Learns_AndItsFilesTellSo()
    {
        using SegmenterTraining training = new(Tiny(steps: 60));
        double first = training.Validate()!.Score;
        List<double> losses = [];
        while (training.Step < training.Steps)
            losses.Add(training.Advance()["loss/semantic"]);
        ValidationResult result = training.Validate()!;
        Assert.True(losses[^10..].Average() < 0.5 * losses[..5].Average(), $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.InRange(result.Score, Math.Max(0.6, first + 0.2), 1);
        // Four classes occur in the labels; the mean is over those and what was predicted besides.
        Assert.True(result.Scalars.ContainsKey("iou/vehicle"));
        Assert.Same(result, training.Validate());
        Frame samples = training.Samples()["samples"];
        Assert.Equal((3 * 64, 3 * 48), (samples.Width, samples.Height));

        training.Export(_folder["out"]);
        string path = _folder[$"out/{SegmenterTraining.WeightsFileName}"];
        using Segmenter loaded = Segmenter.Load(path);
        IReadOnlyDictionary<string, string> metadata = WeightsFile.Read(path).Metadata;
        Assert.Equal("shared10", metadata["label_space"]);
        Assert.Equal(result.Score, double.Parse(metadata["validation_miou"]), 5e-5);
        JsonElement data = JsonDocument.Parse(metadata["training_data"]).RootElement[0];
        Assert.Equal(("train", 6, "drawn for tests"),
            (data.GetProperty("name").GetString(), data.GetProperty("images").GetInt32(), data.GetProperty("licence").GetString()));
        Assert.Equal(WeightsIdentity.Of(WeightsFile.Read(path).Tensors), metadata["id"]);
        Assert.Matches("^[0-9a-f]{16}$", metadata["id"]);

        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder[$"out/{SegmenterTraining.GraphFileName}"]));
        Dictionary<string, string> properties = model.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (string key in new[] { "label_space", "validation_miou", "training_data", "id", "architecture", "classes" })
            Assert.Equal(metadata[key], properties[SaeExporter.MetadataPrefix + key]);
        using OnnxGraph graph = new(model);
        using IDisposable scope = NewDisposeScope(), gradients = no_grad();
        Tensor image = tensor(GoldenTensor.Create("street", 3 * 48 * 64, 1), [1, 3, 48, 64]);
        float[] expected = loaded.forward(loaded.Normalise(image)).contiguous().data<float>().ToArray();
        Assert.InRange(GoldenTensor.RelativeL2(graph.Run((SaeExporter.Image, image)).Values, expected), 0, 1e-5);
    }

    [Theory]
    [InlineData(SegmenterOptimizer.AdamW)]
    [InlineData(SegmenterOptimizer.Sgd)]
    public void Resumed_IsBitExact(SegmenterOptimizer optimizer)
    {
        SegmenterTrainingConfiguration configuration = Tiny(steps: 8) with { Optimizer = optimizer };
        using CheckpointStore store = new(_folder["checkpoints"]);
        using SegmenterTraining whole = new(configuration), resumed = new(configuration with { Workers = 1 });
        List<double> losses = [];
        for (int step = 0; step < 7; step++)
        {
            if (step == 4)
            {
                using TrainingState state = new(whole.Kind, whole.Configuration);
                whole.Save(state);
                store.Save(state, whole.Step);
            }
            losses.Add(whole.Advance()["loss/semantic"]);
            // What is measured and drawn on the way leaves no trace in the training.
            if (step == 5)
            {
                whole.Validate();
                whole.Samples();
            }
        }
        resumed.Advance(); // what came before is forgotten
        using (TrainingState state = store.LoadLatest())
            resumed.Load(state);
        Assert.Equal(4, resumed.Step);
        for (int step = 4; step < 7; step++)
            Assert.Equal(losses[step], resumed.Advance()["loss/semantic"]);
        Dictionary<string, WeightTensor> weights = ModuleWeights.Export(resumed.Network);
        foreach ((string name, WeightTensor values) in ModuleWeights.Export(whole.Network))
            Assert.Equal(values.Values, weights[name].Values);
        using TrainingState foreign = new("lcsae", "{}");
        Assert.Contains("lcsae", Assert.Throws<EdgeSimException>(() => resumed.Load(foreign)).Message);
    }

    [Fact]
    public void Steps_LeaveNoTensorsBehind()
    {
        using SegmenterTraining training = new(Tiny(steps: 20));
        Step(3);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step(5);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
                training.Advance();
            training.Validate();
            training.Samples();
        }
    }

    [Fact]
    public void HalfPrecision_LearnsTheSame()
    {
        using SegmenterTraining single = new(Tiny(steps: 6)), half = new(Tiny(steps: 6), type: ScalarType.BFloat16);
        for (int step = 0; step < 6; step++)
            Assert.Equal(single.Advance()["loss/semantic"], half.Advance()["loss/semantic"], 0.1);
        Assert.All(half.Network.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
        Assert.NotNull(half.Validate());
    }

    [Fact]
    public void Initial_WholeSegmenter_OrItsBackbone()
    {
        using SegmenterTraining first = new(Tiny(steps: 4));
        first.Advance();
        first.Export(_folder["first"]);
        string path = _folder[$"first/{SegmenterTraining.WeightsFileName}"];
        using SegmenterTraining second = new(Tiny(steps: 4) with { Seed = 9, Initial = path });
        Assert.Equal(WeightsFile.Read(path).Metadata["id"], WeightsIdentity.Of(ModuleWeights.Export(second.Network)));
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => new SegmenterTraining(Tiny(steps: 4) with { LabelSpace = "common16", Initial = path }));
        Assert.Contains(path, error.Message);

        // A classifier's file gives DeepLab's backbone alone.
        SegmenterTrainingConfiguration deepLab = Tiny(steps: 4) with { Architecture = "deeplabv3plus_mobilenet" };
        using SegmenterTraining source = new(deepLab with { Seed = 5 });
        Dictionary<string, WeightTensor> classifier = ModuleWeights.Export(source.Network)
            .Where(pair => pair.Key.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal))
            .ToDictionary(pair => "features" + pair.Key[pair.Key.IndexOf('.', SegmenterLayer.BackbonePrefix.Length)..], pair => pair.Value);
        new SafetensorsFile(classifier).Write(_folder["mobilenet.safetensors"]);
        using SegmenterTraining started = new(deepLab with { Initial = _folder["mobilenet.safetensors"] });
        Dictionary<string, WeightTensor> expected = ModuleWeights.Export(source.Network), actual = ModuleWeights.Export(started.Network);
        Assert.Equal(expected["backbone.low_level_features.0.0.weight"].Values, actual["backbone.low_level_features.0.0.weight"].Values);
        Assert.NotEqual(expected["classifier.project.0.weight"].Values, actual["classifier.project.0.weight"].Values);
        started.Advance();
    }

    [Fact]
    public void Semantics_WeightsAndIgnoredClassesAct()
    {
        SegmenterTrainingConfiguration configuration = Tiny(steps: 2);
        SemanticOptions ignoring = new() { Ignore = ["road", "sky", "vegetation"] };
        SemanticOptions weighing = new()
        {
            ClassWeighting = ClassWeighting.Given,
            ClassWeights = ignoring.Ignore.ToDictionary(name => name, _ => 0.0),
        };
        double ignored = Loss(ignoring), weighed = Loss(weighing);
        Assert.Equal(ignored, weighed, 1e-5);
        Assert.NotEqual(Loss(new()), ignored, 1e-2);
        Assert.Equal(0, Loss(new() { Ignore = ["road", "sky", "vegetation", "vehicle"] }));

        double Loss(SemanticOptions semantics)
        {
            using SegmenterTraining training = new(configuration with { Semantics = semantics });
            return training.Advance()["loss/semantic"];
        }
    }

    [Fact]
    public void ValidationSpace_MergesBothSides()
    {
        SegmenterTrainingConfiguration configuration = Tiny(steps: 2) with { LabelSpace = "common16", ValidationSpace = "shared10" };
        using SegmenterTraining training = new(configuration);
        ValidationResult result = training.Validate()!;
        Assert.Equal(16, training.Network.Configuration.Classes);
        Assert.All(result.Scalars.Keys.Where(key => key.Contains("iou/", StringComparison.Ordinal)),
            key => Assert.Contains(LabelSpaces.Shared10.Classes, c => key.EndsWith($"/{c.Name}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Configuration_Faults_AreNamed()
    {
        SegmenterTrainingConfiguration configuration = Tiny(steps: 2);
        Assert.Contains("no images", Refused(configuration with { Training = [] }));
        Assert.Contains("no labels", Refused(configuration with { Training = [configuration.Training[0] with { Space = null }] }));
        Assert.Contains("LearningRate is 0", Refused(configuration with { LearningRate = 0 }));
        Assert.Contains("BatchSize is 1", Refused(configuration with { BatchSize = 1 }));
        Assert.Contains("'vgg'", Refused(configuration with { Architecture = "vgg" }));
        Assert.Contains("'camvid11'", Refused(configuration with { LabelSpace = "camvid11" }));
        Assert.Contains("too small", Refused(configuration with { CropHeight = 8 }));
        Assert.Contains("preset 'tiny'", Assert.Throws<EdgeSimException>(() => SegmenterTrainingConfiguration.Preset("tiny")).Message);

        static string Refused(SegmenterTrainingConfiguration configuration) =>
            Assert.Throws<EdgeSimException>(() => new SegmenterTraining(configuration).Dispose()).Message;
    }

    private SegmenterTrainingConfiguration Tiny(long steps) => SegmenterTrainingConfiguration.SmallData with
    {
        Width = 4,
        Training = [_training ??= DrawnImages.Streets(_folder, "train", 6, 64, 48)],
        Validation = [_validation ??= DrawnImages.Streets(_folder, "validation", 3, 64, 48)],
        BatchSize = 4,
        CropHeight = 32,
        CropWidth = 48,
        Steps = steps,
        LearningRate = 0.01,
    };
}
