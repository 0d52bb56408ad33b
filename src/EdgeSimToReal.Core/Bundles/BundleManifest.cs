using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Core.Bundles;

/// <summary>What a bundle's `bundle.json` says: how the model is built, what it was trained on, how good it is, and its files.</summary>
/// <remarks>
/// Optional members can be set after construction: the JSON source generator writes null or 0 over the default of an init-only one.
/// </remarks>
public sealed record BundleManifest
{
    /// <summary>The manifest's file name inside a bundle.</summary>
    public const string FileName = "bundle.json";

    /// <summary>The layout of bundles that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Layout version of the bundle.</summary>
    public required int Format { get; init; }

    /// <summary>The model's name, e.g. "edge".</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for a person who chooses a model.</summary>
    public required string Description { get; init; }

    /// <summary>Name of the preset that the networks follow ("full", "edge", "edge-pyramid", "tiny", "custom").</summary>
    public required string Preset { get; init; }

    /// <summary>Capacities and code sizes of encoder and generator, as <see cref="SaeConfiguration.ToMetadata"/> writes them.</summary>
    public required IReadOnlyDictionary<string, string> Network { get; init; }

    /// <summary>How pixels become the network's input and output.</summary>
    public required BundleNormalisation Normalisation { get; init; }

    /// <summary>
    /// The label space that the semantic losses used and that a label-conditioned generator's map is in (a name of
    /// <see cref="Labels.LabelSpaces"/>); null for none.
    /// </summary>
    public string? LabelSpace { get; set; }

    /// <summary>Width in pixels that the model was trained for and runs at by default.</summary>
    public required int DefaultWidth { get; init; }

    /// <summary>Height in pixels that the model was trained for and runs at by default.</summary>
    public required int DefaultHeight { get; init; }

    /// <summary>Width and height must be multiples of this.</summary>
    public required int SizeMultiple { get; init; }

    /// <summary>ONNX operator set of the graphs.</summary>
    public required int Opset { get; init; }

    /// <summary>Seed of the fixed noise maps (see <see cref="FixedNoise"/>).</summary>
    public ulong NoiseSeed { get; set; }

    /// <summary>The data sets that the weights saw.</summary>
    public IReadOnlyList<BundleTrainingData> TrainingData { get; set; } = [];

    /// <summary>
    /// Ids of the segmenters that took part in the training (empty: none, or not told); evaluation refuses them as judges, the loader as
    /// guards.
    /// </summary>
    public IReadOnlyList<string> Teachers { get; set; } = [];

    /// <summary>
    /// Ids of the segmenters whose readings of held-out frames chose the checkpoint among those of the training (empty: none, or not
    /// told); evaluation marks them as judges.
    /// </summary>
    public IReadOnlyList<string> SelectedBy { get; set; } = [];

    /// <summary>The label guard; null where the bundle carries none.</summary>
    public BundleGuard? Guard { get; set; }

    /// <summary>How the model runs in fp16; null: not measured yet, so that it does not.</summary>
    public BundleHalf? Half { get; set; }

    /// <summary>The licence of the weights; it follows from the data that they saw.</summary>
    public required string Licence { get; init; }

    /// <summary>Measured figures by name; each name says the data and the judge.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    /// <summary>The bundle's files by role (<see cref="BundleRoles"/>), each with size and checksum.</summary>
    public required IReadOnlyDictionary<string, BundleFile> Files { get; init; }
}
