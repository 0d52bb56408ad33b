using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Everything that a training of the label-consistent swapping autoencoder follows from; defaults are the report's (table 4.2).</summary>
public sealed partial record LcsaeConfiguration
{
    /// <summary>Which method.</summary>
    public LcsaeMode Mode { get; init; } = LcsaeMode.Lcsae;

    /// <summary>Sizes of encoder and generator.</summary>
    public SaeConfiguration Network { get; init; } = SaeConfiguration.Full;

    /// <summary>Sizes of the discriminators.</summary>
    public DiscriminatorSizes Discriminators { get; init; } = DiscriminatorSizes.Full;

    /// <summary>The label space of the semantic losses: "common16" (4.1) or "shared10".</summary>
    public string LabelSpace { get; init; } = LabelSpaces.Common16.Name;

    /// <summary>Simulated training images.</summary>
    public IReadOnlyList<ImageSetOptions> Simulated { get; init; } = [];

    /// <summary>Real training images.</summary>
    public IReadOnlyList<ImageSetOptions> Real { get; init; } = [];

    /// <summary>N: images of each domain a batch, even (4.2: 8).</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Height of the crops in pixels (4.2: 256).</summary>
    public int CropHeight { get; init; } = 256;

    /// <summary>Width of the crops in pixels (4.2: 256).</summary>
    public int CropWidth { get; init; } = 256;

    /// <summary>Whether half of the crops are mirrored.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// Images that the run sees, counted as the reference does: each of the discriminators' and of the generator's batches counts, 2N each
    /// (4.2: 5 million).
    /// </summary>
    public long Images { get; init; } = 5_000_000;

    /// <summary>
    /// Whether a step's discriminator half and its generator half share one batch and its translations, which spares a pass; the
    /// reference takes a batch for each.
    /// </summary>
    public bool SharedBatch { get; init; }

    /// <summary>Adam's learning rate (4.2: 0.002).</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Adam's β₁ (4.2: 0).</summary>
    public double Beta1 { get; init; }

    /// <summary>Adam's β₂ (4.2: 0.99).</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>The last share of the run over which the learning rate falls linearly to 0; 0: it stays (as in the reference).</summary>
    public double FallingShare { get; init; }

    /// <summary>Decay of the moving average of encoder and generator; 0: none (as in the reference).</summary>
    public double AverageDecay { get; init; }

    /// <summary>Factors of the objectives.</summary>
    public ObjectiveWeights Weights { get; init; } = ObjectiveWeights.Paper;

    /// <summary>The outer segmenters.</summary>
    public OuterOptions Outer { get; init; } = new();

    /// <summary>Whose features hold hybrids and reconstructions to what is real.</summary>
    public PerceptualOptions Perceptual { get; init; } = new();

    /// <summary>Class weights and Dice of both semantic losses.</summary>
    public SemanticOptions Semantics { get; init; } = new();

    /// <summary>A weights file that encoder and generator (and what else of the networks it holds) start from; null: random.</summary>
    public string? Initial { get; init; }

    /// <summary>What is measured on held-out pictures.</summary>
    public LcsaeValidation Validation { get; init; } = new();

    /// <summary>The seed that everything follows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How the run is kept and watched.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>Threads that read and crop pictures.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Steps from one measurement of the gradients' norms to the next; 0: never.</summary>
    public int GradientNormInterval { get; init; } = 10;

    /// <summary>Steps of the run; one is a discriminator half and a generator half, each of 2N images.</summary>
    public long Steps => Math.Max(1, Images / ImagesPerStep);

    /// <summary>Images that a step counts.</summary>
    public int ImagesPerStep => 4 * BatchSize;

    /// <summary>Whether there is an inner semantic branch; with λ_in = 0 it stays as it is, so that checkpoints fit for any λ.</summary>
    public bool HasInner => Mode == LcsaeMode.Lcsae;

    /// <summary>Whether the outer segmenters are asked for the hybrids' labels.</summary>
    public bool HasOuter => Mode == LcsaeMode.Lcsae && Weights.Outer > 0;

    /// <summary>Whether hybrids are held to photographs' features or to their sources' structure.</summary>
    public bool HoldsHybrids => Mode == LcsaeMode.Lcsae && Weights.ClassColour + Weights.Correlation + HybridFeatures > 0;

    /// <summary>Whether an objective compares features of a frozen network.</summary>
    public bool ComparesFeatures => Weights.FeatureMatching > 0 || ComparesHybridFeatures;

    /// <summary>Whether one compares those of hybrids.</summary>
    public bool ComparesHybridFeatures => Mode == LcsaeMode.Lcsae && HybridFeatures > 0;

    /// <summary>Whether there is a discriminator on a frozen network's features.</summary>
    public bool HasFeatureGan => Mode == LcsaeMode.Lcsae && Weights.FeatureGan > 0;

    /// <summary>Whether image and patch discriminator take part; without them a step is the generator's half alone.</summary>
    public bool HasDiscriminators => Weights.GeneratorReconstruction + Weights.GeneratorHybrid + Weights.GeneratorPatch > 0;

    /// <summary>Whether an objective asks the frozen segmenters.</summary>
    public bool AsksSegmenters => HasOuter || (ComparesFeatures && Perceptual.Levels == 0);

    /// <summary>Names of the presets, the report's first.</summary>
    public static IReadOnlyList<string> PresetNames { get; } = ["paper", "published-sae", "author-code", "edge-small-data", "edge-pyramid", "tiny"];

    /// <summary>Complete settings by name: sizes, schedule and weights.</summary>
    /// <param name="name">One of <see cref="PresetNames"/>.</param>
    /// <exception cref="EdgeSimException">There are none of this name.</exception>
    public static LcsaeConfiguration Preset(string name) => name switch
    {
        "paper" => new(),
        "published-sae" => new() { Mode = LcsaeMode.Sae, Weights = ObjectiveWeights.PublishedSae },
        "author-code" => AuthorCode,
        "edge-small-data" => EdgeSmallData,
        "edge-pyramid" => EdgePyramid,
        "tiny" => Tiny,
        _ => throw new EdgeSimException($"There is no training preset '{name}'.", $"Use one of: {string.Join(", ", PresetNames)}."),
    };

    /// <summary>The schedule's learning rate.</summary>
    /// <param name="step">The step that is about to be done, from 0.</param>
    public double RateAt(long step)
    {
        double left = 1 - ((double)step / Steps);
        return FallingShare > 0 && left < FallingShare ? LearningRate * left / FallingShare : LearningRate;
    }

    /// <summary>The share of λ_out that acts.</summary>
    /// <param name="step">The step that is about to be done, from 0.</param>
    public double OuterShareAt(long step) => Outer.RampSteps <= 0 ? 1 : Math.Min(1, (step + 1.0) / Outer.RampSteps);

    /// <summary>Checks all values.</summary>
    /// <exception cref="EdgeSimException">A value is out of range, or what the mode needs is missing.</exception>
    public void Validate()
    {
        Network.Validate();
        Weights.Validate();
        ObjectiveWeights.Check(BatchSize >= 2 && BatchSize % 2 == 0, nameof(BatchSize), BatchSize, "that is even and at least 2");
        ObjectiveWeights.Check(Images >= 1, nameof(Images), Images, "from 1 on");
        ObjectiveWeights.Check(LearningRate is > 0 and < 10, nameof(LearningRate), LearningRate, "above 0");
        ObjectiveWeights.Check(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "from 0 to below 1");
        ObjectiveWeights.Check(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "from 0 to below 1");
        ObjectiveWeights.Check(FallingShare is >= 0 and <= 1, nameof(FallingShare), FallingShare, "from 0 to 1");
        ObjectiveWeights.Check(AverageDecay is >= 0 and < 1, nameof(AverageDecay), AverageDecay, "from 0 to below 1");
        ObjectiveWeights.Check(Workers is >= 1 and <= 64, nameof(Workers), Workers, "from 1 to 64");
        ObjectiveWeights.Check(GradientNormInterval >= 0, nameof(GradientNormInterval), GradientNormInterval, "from 0 on");
        ObjectiveWeights.Check(Semantics.Dice >= 0, "semantics.Dice", Semantics.Dice, "from 0 on");
        ObjectiveWeights.Check(Discriminators.PatchesPerImage is >= 1 and <= 64, "discriminators.PatchesPerImage",
            Discriminators.PatchesPerImage, "from 1 to 64");
        ObjectiveWeights.Check(Validation.Frames >= 1, "validation.Frames", Validation.Frames, "from 1 on");
        ObjectiveWeights.Check(Perceptual.Levels is >= 0 and <= 5, "perceptual.Levels", Perceptual.Levels, "from 0 to 5");
        Outer.Validate(features: ComparesFeatures && Perceptual.Levels == 0);
        Validation.Judge?.Validate("validation.judge");
        Network.CheckImageSize(CropHeight, CropWidth, texture: true);
        Discriminators.Image(CropHeight, CropWidth).Validate();
        Discriminators.Patch().Validate();
        if (LabelSpace != LabelSpaces.Common16.Name && LabelSpace != LabelSpaces.Shared10.Name)
        {
            throw new EdgeSimException($"The semantic losses have no label space '{LabelSpace}'.",
                $"Use {LabelSpaces.Common16} or {LabelSpaces.Shared10}.");
        }
        if (AsksSegmenters && Outer.Segmenters.Count == 0)
        {
            throw new EdgeSimException(
                "The outer semantic loss, feature matching and what holds hybrids need a frozen segmenter, and outer.segmenters is empty.",
                "Train one with 'edgesim-train segmenter', compare features by perceptual.levels, or set weights.outer, featureMatching, classStyle, "
                + "structure, featureMeans and featureGan to 0.");
        }
        if (Weights.FeatureGan > 0 && Perceptual.Levels == 0)
        {
            throw new EdgeSimException("weights.featureGan needs the features of ResNet18, and perceptual.levels is 0.",
                "Set perceptual.levels to 4, or weights.featureGan to 0.");
        }
        if (Real.Count == 0 || (Simulated.Count == 0 && Mode != LcsaeMode.Sae))
        {
            throw new EdgeSimException($"The training has no {(Real.Count == 0 ? "real" : "simulated")} images.",
                $"Add a folder to '{(Real.Count == 0 ? "real" : "simulated")}'.");
        }
        if (Network.LabelClasses > 0 && Network.LabelClasses != Classes.Count)
        {
            throw new EdgeSimException($"The generator is conditioned on {Network.LabelClasses} classes, {LabelSpace} has {Classes.Count}.",
                $"Set network.labelClasses to {Classes.Count}, or to 0 for none.");
        }
    }

    private double HybridFeatures => Weights.ClassStyle + Weights.Structure + Weights.FeatureMeans + Weights.FeatureGan;

    /// <summary>The label space.</summary>
    internal LabelSpace Classes => LabelSpaces.ByName(LabelSpace);
}
