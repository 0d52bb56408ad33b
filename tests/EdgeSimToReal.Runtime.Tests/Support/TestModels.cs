using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests.Support;

/// <summary>Bundles with the golden formula's weights: every kind of block, deterministic, small.</summary>
internal static class TestModels
{
    /// <summary>What the test bundles say of themselves; 96×64 suits the texture encoder of every preset but "full".</summary>
    public static BundleDescription Description { get; } = new()
    {
        Name = "test",
        Description = "For a test.",
        Licence = "none",
        LabelSpace = "Common16",
        DefaultWidth = 96,
        DefaultHeight = 64,
        NoiseSeed = 7,
        TrainingData = [new BundleTrainingData("none", 0, "structure", "none")],
        Metrics = new Dictionary<string, double> { ["figure"] = 0.5 },
    };

    public static SaeWeights Weights(SaeConfiguration configuration) => new(configuration, SaeGolden.Weights(configuration));

    /// <summary>Writes and loads a bundle.</summary>
    public static ModelBundle Bundle(string folder, SaeConfiguration? configuration = null)
    {
        BundleWriter.Write(folder, Weights(configuration ?? SaeConfiguration.Tiny), Description, "# Test");
        return ModelBundle.Load(folder);
    }

    /// <summary>Writes and loads a tiny bundle, one of whose weights is far too large.</summary>
    public static ModelBundle Loud(string folder, string weight, float factor)
    {
        Dictionary<string, WeightTensor> weights = new(SaeGolden.Weights(SaeConfiguration.Tiny));
        weights[weight] = new WeightTensor(weights[weight].Shape, [.. weights[weight].Values.Select(value => value * factor)]);
        BundleWriter.Write(folder, new SaeWeights(SaeConfiguration.Tiny, weights), Description, "# Test");
        return ModelBundle.Load(folder);
    }

    /// <summary>Writes and loads a tiny bundle whose generator is conditioned on labels.</summary>
    public static ModelBundle ConditionedBundle(string folder, LabelSpace space)
    {
        SaeConfiguration configuration = SaeConfiguration.Tiny with { LabelClasses = space.Count };
        BundleWriter.Write(folder, Weights(configuration), Description with { LabelSpace = space.Name }, "# Test");
        return ModelBundle.Load(folder);
    }

    /// <summary>A texture code of a bundle, by a seed.</summary>
    public static TextureCode Texture(ModelBundle bundle, string seed = "texture") =>
        new(GoldenTensor.Create(seed, bundle.Configuration.TextureChannels, 1), seed);

    /// <summary>A frame of noise with tags counting up; frame number and name follow from the seed.</summary>
    public static Frame Frame(int width, int height, int seed = 1, bool withTags = false)
    {
        Frame frame = new(width, height, withTags) { Id = (ulong)seed, SimulatedTime = seed * 0.05, Name = $"frame{seed}" };
        new Random(seed).NextBytes(frame.Bgra);
        for (int i = 0; i < frame.Tags.Length; i++)
            frame.Tags[i] = (byte)((i * 31) + seed);
        return frame;
    }
}
