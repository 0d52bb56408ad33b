using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Training.Lcsae;

public sealed partial record LcsaeConfiguration
{
    /// <summary>
    /// What the report author's own code does, its two defects included: the outer segmenter's batch normalisation in training mode, and
    /// its input without normalisation.
    /// </summary>
    public static LcsaeConfiguration AuthorCode { get; } = new()
    {
        Weights = ObjectiveWeights.AuthorCode,
        Outer = new OuterOptions { BatchNorm = OuterBatchNorm.Train, Normalisation = OuterNormalisation.None },
    };

    /// <summary>
    /// For an edge device, a few hundred pictures and hours on a processor: small networks, feature matching, a falling rate, a moving
    /// average, and a share of λ_out that rises once reconstructions work.
    /// </summary>
    public static LcsaeConfiguration EdgeSmallData { get; } = new()
    {
        Network = SaeConfiguration.Edge,
        Discriminators = DiscriminatorSizes.Edge,
        LabelSpace = LabelSpaces.Shared10.Name,
        BatchSize = 2,
        CropHeight = 128,
        CropWidth = 256,
        Images = 200_000,
        SharedBatch = true,
        FallingShare = 0.4,
        AverageDecay = 0.998,
        Weights = ObjectiveWeights.SmallData,
        Outer = new OuterOptions { Augmentation = TeacherAugmentation.Moderate, RampSteps = 500 },
    };

    /// <summary>
    /// The same with a structure pyramid, whose detail needs no learning: hybrids are held to the photographs' statistics by class, of
    /// colour and of ResNet18's features, and to their sources' edges.
    /// </summary>
    public static LcsaeConfiguration EdgePyramid { get; } = EdgeSmallData with
    {
        Network = SaeConfiguration.EdgePyramid,
        CropHeight = 256,
        CropWidth = 256,
        FallingShare = 0.2,
        AverageDecay = 0.999,
        Beta1 = 0.5,
        LearningRate = 0.001,
        Weights = ObjectiveWeights.Pyramid,
        Perceptual = new PerceptualOptions { Levels = 4 },
        Semantics = new SemanticOptions { ClassWeighting = ClassWeighting.Importance, ImportantWeight = 4 },
    };

    /// <summary>Small in every respect: for tests.</summary>
    public static LcsaeConfiguration Tiny { get; } = new()
    {
        Network = SaeConfiguration.Tiny,
        Discriminators = DiscriminatorSizes.Tiny,
        LabelSpace = LabelSpaces.Shared10.Name,
        BatchSize = 2,
        CropHeight = 64,
        CropWidth = 64,
        Images = 8_000,
        SharedBatch = true,
        AverageDecay = 0.99,
        Weights = ObjectiveWeights.SmallData,
    };
}
