using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Lcsae;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Lcsae;

public sealed class LcsaeTrainingTests : IDisposable
{
    private readonly Streets _streets = new();

    public void Dispose() => _streets.Dispose();

    [Theory]
    [InlineData(LcsaeMode.Sae, true)]
    [InlineData(LcsaeMode.Sim2Real, false)]
    [InlineData(LcsaeMode.Lcsae, true)]
    public void AStep_ChangesEveryNetwork_AndTellsWhatItsModeHas(LcsaeMode mode, bool shared)
    {
        using LcsaeTraining training = new(_streets.Tiny(mode) with { SharedBatch = shared });
        using TrainingState before = Copy(training);
        IReadOnlyDictionary<string, double> scalars = training.Advance();
        using TrainingState after = Copy(training);
        Assert.All(scalars, scalar => Assert.True(double.IsFinite(scalar.Value), scalar.Key));
        foreach (string network in new[] { "E.", "G.", "D.", "Dpatch." })
        {
            Assert.Contains(before.Tensors.Keys.Where(key => key.StartsWith(network, StringComparison.Ordinal)),
                key => !before.Get(key).equal(after.Get(key)).all().item<bool>());
        }
        bool semantic = mode == LcsaeMode.Lcsae;
        Assert.Equal(semantic, scalars.ContainsKey("g/inner"));
        Assert.Equal(semantic, scalars.ContainsKey("g/outer"));
        Assert.Equal(semantic, scalars.ContainsKey("gradient/inner"));
        foreach (string name in new[] { "g/l1", "g/hybrid", "g/patch", "g/features", "d/real", "r1/image", "gradient/E", "gradient/Dpatch", "rate" })
            Assert.Contains(name, scalars.Keys);
        Assert.Equal(1, training.Step);
    }

    [Theory]
    [InlineData(false, 0, OuterBatchNorm.Eval)]
    [InlineData(true, 10, OuterBatchNorm.Train)]
    public void AResumedRun_RepeatsAnUninterruptedOne_ToTheBit(bool shared, int labelClasses, OuterBatchNorm batchNorm)
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with
        {
            SharedBatch = shared,
            Network = configuration.Network with { LabelClasses = labelClasses },
            Outer = configuration.Outer with { BatchNorm = batchNorm, Augmentation = TeacherAugmentation.Moderate, RampSteps = 4 },
            // With running feature means, which a checkpoint must hold.
            Weights = configuration.Weights with { R1Interval = 2, ClassStyle = 1, Structure = 1, FeatureMeans = 1 },
            FallingShare = 0.5,
            Images = 6 * configuration.ImagesPerStep,
        };
        using TemporaryFolder folder = new();
        CheckpointStore store = new(folder.Path, 2);
        using LcsaeTraining whole = new(configuration);
        for (int step = 0; step < 6; step++)
        {
            if (step == 3)
            {
                using TrainingState middle = new(whole.Kind, whole.Configuration);
                whole.Save(middle);
                store.Save(middle, whole.Step, null);
            }
            whole.Advance();
        }
        using LcsaeTraining resumed = new(configuration);
        using (TrainingState middle = store.LoadLatest())
            resumed.Load(middle);
        Assert.Equal(3, resumed.Step);
        IReadOnlyDictionary<string, double> last = resumed.Advance();
        resumed.Advance();
        last = resumed.Advance();
        using TrainingState expected = Copy(whole), actual = Copy(resumed);
        Assert.Equal(expected.Tensors.Keys.Order(), actual.Tensors.Keys.Order());
        Assert.All(expected.Tensors, item => Assert.True(item.Value.equal(actual.Get(item.Key)).all().item<bool>(), item.Key));
        Assert.True(last["rate"] < configuration.LearningRate);
    }

    [Fact]
    public void AStructurePyramid_LearnsWithoutImageAndPatchDiscriminators_AndIsResumedToTheBit()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with
        {
            Network = configuration.Network with { PyramidChannels = 2, ColourLevel = 2 },
            Weights = ObjectiveWeights.Pyramid with { Structure = 1, FeatureMeans = 1, FeatureMatching = 1 },
            Perceptual = new PerceptualOptions { Levels = 2 },
            Beta1 = 0.5,
        };
        using LcsaeTraining whole = new(configuration), resumed = new(configuration);
        IReadOnlyDictionary<string, double> first = whole.Advance();
        using TemporaryFolder folder = new();
        CheckpointStore store = new(folder.Path, 2);
        using (TrainingState middle = new(whole.Kind, whole.Configuration))
        {
            whole.Save(middle);
            store.Save(middle, whole.Step, null);
        }
        using (TrainingState middle = store.LoadLatest())
            resumed.Load(middle);
        IReadOnlyDictionary<string, double> second = whole.Advance(), again = resumed.Advance();
        foreach (string name in new[] { "g/l1", "g/outer", "g/inner", "g/correlation", "g/colour", "g/style", "g/feature", "d/feature_real" })
            Assert.Contains(name, first.Keys);
        Assert.DoesNotContain(first.Keys, key => key.StartsWith("d/real", StringComparison.Ordinal) || key == "g/hybrid");
        Assert.Equal(second, again);
        using TrainingState expected = Copy(whole), actual = Copy(resumed);
        Assert.Equal(expected.Tensors.Keys.Order(), actual.Tensors.Keys.Order());
        Assert.All(expected.Tensors, item => Assert.True(item.Value.equal(actual.Get(item.Key)).all().item<bool>(), item.Key));
        // Segmenter and the network whose features hold hybrids: an evaluation must know both.
        Assert.Equal(2, whole.TeacherIds.Distinct().Count());
        // Networks that nobody asks don't fill checkpoints.
        Assert.DoesNotContain(expected.Tensors.Keys, key => key.StartsWith("D.", StringComparison.Ordinal));
        Assert.Contains(expected.Tensors.Keys, key => key.StartsWith("Dfeatures.", StringComparison.Ordinal));
    }

    [Fact]
    public void LiveTensors_AreAsManyAfter200StepsAsAfter20()
    {
        using IDisposable scope = NewDisposeScope();
        LcsaeConfiguration configuration = _streets.Tiny();
        // Every objective, on the smallest images that the networks take with a halving less.
        using LcsaeTraining training = new(configuration with
        {
            Network = configuration.Network with { Downsamplings = 2 },
            Discriminators = configuration.Discriminators with { PatchSize = 8 },
            CropHeight = 32,
            CropWidth = 32,
            Weights = configuration.Weights with { ClassStyle = 1, Structure = 1, FeatureMeans = 1 },
        });
        long at20 = 0;
        for (int step = 1; step <= 200; step++)
        {
            training.Advance();
            if (step == 20)
                at20 = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        Assert.Equal(at20, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Validation_AndSamples_ChangeNothing()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with
        {
            Validation = configuration.Validation with { Judge = _streets.Segmenter("judge", seed: 8) },
            Outer = configuration.Outer with { BatchNorm = OuterBatchNorm.Train },
        };
        using LcsaeTraining watched = new(configuration), alone = new(configuration);
        watched.Advance();
        alone.Advance();
        ValidationResult result = watched.Validate()!;
        Assert.Equal(result.Scalars["miou"], result.Score);
        foreach (string name in new[] { "l1", "nll", "accuracy", "inner_accuracy_simulated", "inner_accuracy_real" })
            Assert.True(double.IsFinite(result.Scalars[name]), name);
        Core.Frames.Frame samples = watched.Samples()["samples"];
        Assert.Equal((4 * 96, 3 * 80), (samples.Width, samples.Height));
        Assert.Equal(alone.Advance(), watched.Advance());
    }

    [Fact]
    public void AConditionedGenerator_IsAskedWhetherItHidesItsLabels()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with { Network = configuration.Network with { LabelClasses = 10 } };
        using LcsaeTraining training = new(configuration);
        training.Advance();
        IReadOnlyDictionary<string, double> scalars = training.Validate()!.Scalars;
        Assert.InRange(scalars["labels_followed"], -1, 1);
        Assert.InRange(scalars["labels_hidden"], -1, 1);
        using LcsaeTraining plain = new(_streets.Tiny());
        Assert.DoesNotContain("labels_hidden", plain.Validate()!.Scalars.Keys);
    }

    [Fact]
    public void AConditionedGenerator_IsAsked_ThoughTheRecordingBeginsAtARedLight()
    {
        using Streets streets = new(images: 8, standing: 5);
        LcsaeConfiguration configuration = streets.Tiny();
        configuration = configuration with
        {
            Network = configuration.Network with { LabelClasses = 10 },
            Validation = configuration.Validation with { Frames = 8 },
        };
        using LcsaeTraining training = new(configuration);
        Assert.Contains("labels_hidden", training.Validate()!.Scalars.Keys);
    }

    [Fact]
    public void UnlabelledImages_TakePartInTheUnsupervisedObjectivesOnly()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        configuration = configuration with
        {
            Simulated = [_streets.Simulated with { Space = null }],
            Real = [_streets.Real with { Space = null }],
        };
        using LcsaeTraining training = new(configuration);
        IReadOnlyDictionary<string, double> scalars = training.Advance();
        Assert.Equal(0, scalars["g/inner"]);
        Assert.Equal(0, scalars["g/outer"]);
        Assert.True(scalars["g/l1"] > 0);
    }

    [Fact]
    public void Initial_TakesEncoderAndGenerator()
    {
        using TemporaryFolder folder = new();
        LcsaeConfiguration configuration = _streets.Tiny() with { AverageDecay = 0 };
        using LcsaeTraining first = new(configuration);
        first.Advance();
        first.Export(folder.Path);
        using LcsaeTraining second = new(configuration with { Seed = 9, Initial = folder["weights.safetensors"] });
        using TrainingState expected = Copy(first), actual = Copy(second);
        Assert.All(expected.Tensors.Where(item => item.Key.StartsWith("E.", StringComparison.Ordinal)),
            item => Assert.True(item.Value.equal(actual.Get(item.Key)).all().item<bool>(), item.Key));
    }

    [Fact]
    public void TheReferencesDefects_AreWhatTheyAre_AndOffByDefault()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        Assert.Equal((OuterBatchNorm.Eval, OuterNormalisation.Trained), (configuration.Outer.BatchNorm, configuration.Outer.Normalisation));
        double right = Outer(configuration.Outer);
        Assert.NotEqual(right, Outer(configuration.Outer with { BatchNorm = OuterBatchNorm.Train }));
        // A U-Net's own normalisation is [-1, 1]: only DeepLab's input differs without it.
        Assert.Equal(right, Outer(configuration.Outer with { Normalisation = OuterNormalisation.None }));

        double Outer(OuterOptions options)
        {
            using LcsaeTraining training = new(configuration with { Outer = options });
            return training.Advance()["g/outer"];
        }
    }

    [Fact]
    public void SeveralSegmenters_ByTurnsOrTogether()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        string a = _streets.Segmenter("a", seed: 4), b = _streets.Segmenter("b", seed: 5);
        double[] alone = [First([a], false), First([b], false)];
        Assert.Equal(alone[0], First([a, b], false));
        Assert.Equal((alone[0] + alone[1]) / 2, First([a, b], true), 1e-5);

        double First(string[] files, bool together)
        {
            using LcsaeTraining training = new(configuration with { Outer = new OuterOptions { Segmenters = [.. files], AllAtOnce = together } });
            return training.Advance()["g/outer"];
        }
    }

    [Fact]
    public void WrongSegmenters_AndConfigurations_AreToldApart()
    {
        LcsaeConfiguration configuration = _streets.Tiny();
        Throws("learnt the classes of common16", configuration with
        {
            Outer = new OuterOptions { Segmenters = [_streets.Segmenter("other", LabelSpaces.Common16)] },
        });
        Throws("outer.segmenters is empty", configuration with { Outer = new OuterOptions() });
        Throws("no simulated images", configuration with { Simulated = [] });
        Throws("batchSize is 3", configuration with { BatchSize = 3 });
        Throws("weights.inner is -1", configuration with { Weights = configuration.Weights with { Inner = -1 } });
        Throws("conditioned on 16 classes", configuration with { Network = configuration.Network with { LabelClasses = 16 } });
        Throws("no class 'tree'", configuration with { Semantics = new SemanticOptions { Ignore = ["tree"] } });
        Throws("no label space 'camvid11'", configuration with { LabelSpace = "camvid11" });
        Throws("no objective weights 'big'", () => ObjectiveWeights.Named("big"));

        static void Throws(string message, object what) =>
            Assert.Contains(message, Assert.Throws<EdgeSimException>(() => Try(what)).Message, StringComparison.Ordinal);

        static void Try(object what)
        {
            if (what is Func<ObjectiveWeights> make)
                make();
            else
                new LcsaeTraining((LcsaeConfiguration)what).Dispose();
        }
    }

    private static TrainingState Copy(LcsaeTraining training)
    {
        TrainingState live = new(training.Kind, training.Configuration), copy = new(training.Kind, training.Configuration);
        training.Save(live);
        foreach ((string name, Tensor values) in live.Tensors)
            copy.Put(name, values.clone());
        return copy;
    }
}
