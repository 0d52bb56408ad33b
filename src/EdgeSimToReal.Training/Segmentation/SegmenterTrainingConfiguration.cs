using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Training.Segmentation;

/// <summary>
/// Everything that the training of a segmenter follows from; defaults are the LC-SAE report's (table 4.1), and where it is silent those of
/// the program that it used.
/// </summary>
public sealed record SegmenterTrainingConfiguration
{
    // The reference's schedule does not fall below this rate.
    private const double LeastRate = 1e-6;

    /// <summary>The network: "deeplabv3plus_mobilenet", "deeplabv3plus_resnet50" or "unet".</summary>
    public string Architecture { get; init; } = "deeplabv3plus_mobilenet";

    /// <summary>Image pixels a pixel of the deepest map stands for: 16 (4.1) or 8.</summary>
    public int OutputStride { get; init; } = 16;

    /// <summary>Channels of a U-Net's first stage; not used otherwise.</summary>
    public int Width { get; init; } = 24;

    /// <summary>The classes that are learnt: "common16" (chapter 4.1), "shared10" or "cityscapes-train".</summary>
    public string LabelSpace { get; init; } = LabelSpaces.Common16.Name;

    /// <summary>Labelled training images; each set's weight is its share of the draws.</summary>
    public IReadOnlyList<ImageSetOptions> Training { get; init; } = [];

    /// <summary>Labelled images that are validated on, whole.</summary>
    public IReadOnlyList<ImageSetOptions> Validation { get; init; } = [];

    /// <summary>The classes that validation counts, to which predictions and labels are merged; null: <see cref="LabelSpace"/>.</summary>
    public string? ValidationSpace { get; init; }

    /// <summary>Images a step, at least 2, since batch normalisation compares them (4.1: 128).</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Height of the crops in pixels (4.1: 256).</summary>
    public int CropHeight { get; init; } = 256;

    /// <summary>Width of the crops in pixels (4.1: 256).</summary>
    public int CropWidth { get; init; } = 256;

    /// <summary>Whether half the crops are mirrored.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>The least factor by which an image is enlarged before it is cropped.</summary>
    public double MinScale { get; init; } = 1;

    /// <summary>The largest such factor; each crop's is uniform in its logarithm between the two.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>Random changes of colour; null for none.</summary>
    public PhotometricJitter? Jitter { get; init; } = new() { Brightness = 0.5, Contrast = 0.5, Saturation = 0.5 };

    /// <summary>Steps of the run (4.1: 30k).</summary>
    public long Steps { get; init; } = 30_000;

    /// <summary>What takes the steps.</summary>
    public SegmenterOptimizer Optimizer { get; init; } = SegmenterOptimizer.Sgd;

    /// <summary>The head's learning rate at the start (4.1: 0.1).</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The schedule's exponent: rate · (1 - step / steps)^power, at least 1e-6 (4.1: "polynomial").</summary>
    public double PolyPower { get; init; } = 0.9;

    /// <summary>The backbone's learning rate over the head's; 0 freezes the backbone's weights.</summary>
    public double BackboneRateFactor { get; init; } = 0.1;

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay: with SGD a part of the gradient, with AdamW beside it (4.1: 0.0001).</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Class weights, ignored classes and soft Dice; the report has none of them.</summary>
    public SemanticOptions Semantics { get; init; } = new();

    /// <summary>
    /// A weights file to start from: an ImageNet classifier's (torchvision's keys) for the backbone, or a whole segmenter's; null: random.
    /// </summary>
    public string? Initial { get; init; }

    /// <summary>The seed that everything follows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How the run is kept and watched.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>Threads that read and crop images.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Memory for decoded training images in MiB.</summary>
    public int CacheMegabytes { get; init; } = 1024;

    /// <summary>For a few hundred photographs and minutes on a processor: a small U-Net from scratch, strong jitter and grain.</summary>
    public static SegmenterTrainingConfiguration SmallData { get; } = new()
    {
        Architecture = "unet",
        LabelSpace = LabelSpaces.Shared10.Name,
        BatchSize = 8,
        CropHeight = 192,
        CropWidth = 256,
        Jitter = new() { Brightness = 0.5, Contrast = 0.5, Saturation = 0.5, Cast = 0.15, Grain = 0.08, Blur = 1 },
        Steps = 2_800,
        Optimizer = SegmenterOptimizer.AdamW,
        LearningRate = 2e-3,
        BackboneRateFactor = 1,
        WeightDecay = 0.01,
    };

    /// <summary>Settings by name.</summary>
    /// <param name="name">"paper" (the default) or "small-data".</param>
    /// <exception cref="EdgeSimException">There are none of this name.</exception>
    public static SegmenterTrainingConfiguration Preset(string name) => name switch
    {
        "paper" => new(),
        "small-data" => SmallData,
        _ => throw new EdgeSimException($"There is no segmenter preset '{name}'.", "Use paper or small-data."),
    };

    /// <summary>The network.</summary>
    /// <exception cref="EdgeSimException">The architecture or the label space is unknown.</exception>
    public SegmenterConfiguration Network() => new()
    {
        Architecture = SegmenterConfiguration.ParseArchitecture(Architecture),
        Classes = LabelSpaces.ByName(LabelSpace).Count,
        OutputStride = OutputStride,
        Width = Width,
    };

    /// <summary>The head's learning rate of a step.</summary>
    /// <param name="step">The step that is about to be done, from 0.</param>
    public double RateAt(long step) =>
        Math.Max(LearningRate * Math.Pow(Math.Max(0, 1 - ((double)step / Steps)), PolyPower), LeastRate);

    /// <summary>Checks all values.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range, or there are no training images.</exception>
    public void Validate()
    {
        Network().Validate();
        Batches().Validate();
        SegmenterConfiguration.CheckImageSize(CropHeight, CropWidth);
        // Spaces that others are mapped to have dense ids and no class for what is unknown.
        _ = LabelRemap.Between(LabelSpaces.Common16, LabelSpaces.ByName(LabelSpace));
        _ = LabelRemap.Between(LabelSpaces.ByName(LabelSpace), ValidationClasses);
        Check(BatchSize >= 2, nameof(BatchSize), BatchSize, "2 or more: batch normalisation compares a batch's images");
        Check(Steps >= 1, nameof(Steps), Steps, "1 or more");
        Check(LearningRate is > 0 and < 10, nameof(LearningRate), LearningRate, "above 0 and below 10");
        Check(PolyPower is >= 0 and <= 10, nameof(PolyPower), PolyPower, "0 to 10");
        Check(BackboneRateFactor is >= 0 and <= 10, nameof(BackboneRateFactor), BackboneRateFactor, "0 to 10");
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Check(Semantics.Dice is >= 0 and < 1e6, "Semantics.Dice", Semantics.Dice, "0 or more");
        Check(WeightDecay is >= 0 and < 1, nameof(WeightDecay), WeightDecay, "0 to below 1");
        if (Training.Count == 0)
            throw new EdgeSimException("The segmenter's training has no images.", "Add a labelled folder to 'training'.");

        static void Check(bool valid, string name, double value, string range)
        {
            if (!valid)
                throw new EdgeSimException(FormattableString.Invariant($"The segmenter training's {name} is {value}."), $"Use {range}.");
        }
    }

    /// <summary>How batches are made.</summary>
    internal BatchOptions Batches() => new()
    {
        Size = BatchSize,
        Height = CropHeight,
        Width = CropWidth,
        Flip = Flip,
        MinScale = MinScale,
        MaxScale = MaxScale,
        Jitter = Jitter,
        Target = LabelSpaces.ByName(LabelSpace),
        Seed = Seed,
        Workers = Workers,
        CacheMegabytes = CacheMegabytes,
    };

    /// <summary>The space in which validation counts.</summary>
    internal LabelSpace ValidationClasses => LabelSpaces.ByName(ValidationSpace ?? LabelSpace);
}
