using EdgeSimToReal.Core;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>
/// The factors of all objectives. Every term is a plain mean: L1 and the reconstructions' GAN terms over the reconstructions of both
/// domains, real terms over all inputs, hybrid and patch terms over the hybrids, semantic terms over labelled pixels.
/// </summary>
public sealed record ObjectiveWeights
{
    /// <summary>
    /// The report's final objective (3.3): L_rec + 0.5·L_GAN,rec + 0.5·L_GAN,swap + L_CooccurGAN + λ_in·L_sem,in + λ_out·L_sem,out, with
    /// the swapping autoencoder's settings for the discriminators. λ_in = λ_out = 2 is the model of its figure 4.3.
    /// </summary>
    public static ObjectiveWeights Paper { get; } = new();

    /// <summary>The published code of the original swapping autoencoder: its swap term has the factor 1 for the generator.</summary>
    public static ObjectiveWeights PublishedSae { get; } = new() { GeneratorHybrid = 1, Inner = 0, Outer = 0 };

    /// <summary>
    /// The report author's own code: L1 and the inner loss are sums over the two domains (twice their mean), hybrids count twice for
    /// the generator, patches twice for both sides, and R1 is averaged over the 2N images and N patch sets together.
    /// </summary>
    public static ObjectiveWeights AuthorCode { get; } = new()
    {
        Reconstruction = 2,
        GeneratorHybrid = 2,
        GeneratorPatch = 2,
        Inner = 4,
        DiscriminatorHybrid = 1,
        PatchReal = 2,
        PatchHybrid = 2,
        ImageR1 = 10 * 2.0 / 3,
        PatchR1 = 2 * 1.0 / 3,
    };

    /// <summary>
    /// For a few hundred pictures and hours instead of weeks: L1 five times, feature matching on the frozen segmenter, semantic losses 1.
    /// </summary>
    public static ObjectiveWeights SmallData { get; } = new() { Reconstruction = 5, FeatureMatching = 1, Inner = 1, Outer = 1 };

    /// <summary>For networks with a structure pyramid: neither image nor patch discriminator, but one on ResNet18's features.</summary>
    public static ObjectiveWeights Pyramid { get; } = new()
    {
        Reconstruction = 10,
        GeneratorReconstruction = 0,
        GeneratorHybrid = 0,
        GeneratorPatch = 0,
        Inner = 0.3,
        Outer = 1,
        ClassColour = 4,
        ClassStyle = 2,
        Correlation = 2,
        FeatureGan = 0.2,
    };

    private static readonly Dictionary<string, ObjectiveWeights> Known = new(StringComparer.Ordinal)
    {
        ["paper"] = Paper,
        ["published-sae"] = PublishedSae,
        ["author-code"] = AuthorCode,
        ["small-data"] = SmallData,
        ["pyramid"] = Pyramid,
    };

    /// <summary>Names of the known settings.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>L_rec.</summary>
    public double Reconstruction { get; init; } = 1;

    /// <summary>L_GAN,rec for encoder and generator.</summary>
    public double GeneratorReconstruction { get; init; } = 0.5;

    /// <summary>L_GAN,swap for encoder and generator.</summary>
    public double GeneratorHybrid { get; init; } = 0.5;

    /// <summary>L_CooccurGAN for encoder and generator.</summary>
    public double GeneratorPatch { get; init; } = 1;

    /// <summary>λ_in; acts in mode <see cref="LcsaeMode.Lcsae"/>.</summary>
    public double Inner { get; init; } = 2;

    /// <summary>λ_out; acts in mode <see cref="LcsaeMode.Lcsae"/>.</summary>
    public double Outer { get; init; } = 2;

    /// <summary>Feature matching of the reconstruction on the frozen segmenter: ours, 0 in the report's settings.</summary>
    public double FeatureMatching { get; init; }

    /// <summary>
    /// Style by class of the hybrids on the frozen segmenter: ours, 0 in the report's settings; acts in mode <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double ClassStyle { get; init; }

    /// <summary>
    /// Structure matching of the hybrids on the frozen segmenter: ours, 0 in the report's settings; acts in mode
    /// <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double Structure { get; init; }

    /// <summary>
    /// Feature means of the hybrids on the frozen segmenter: ours, 0 in the report's settings; acts in mode
    /// <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double FeatureMeans { get; init; }

    /// <summary>
    /// Colour by class of the hybrids: class style on the pictures at half size; ours, 0 in the report's settings; acts in mode
    /// <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double ClassColour { get; init; }

    /// <summary>
    /// Local correlation of the hybrids with their sources: ours, 0 in the report's settings; acts in mode <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double Correlation { get; init; }

    /// <summary>
    /// The generator's term against the discriminator on a frozen network's features; its own two terms have the factor 1. Ours, 0 in the
    /// report's settings; acts in mode <see cref="LcsaeMode.Lcsae"/>.
    /// </summary>
    public double FeatureGan { get; init; }

    /// <summary>The image discriminator's term on real inputs.</summary>
    public double DiscriminatorReal { get; init; } = 1;

    /// <summary>The image discriminator's term on reconstructions.</summary>
    public double DiscriminatorReconstruction { get; init; } = 0.5;

    /// <summary>The image discriminator's term on hybrids.</summary>
    public double DiscriminatorHybrid { get; init; } = 0.5;

    /// <summary>The patch discriminator's term on patches of the texture's own image.</summary>
    public double PatchReal { get; init; } = 1;

    /// <summary>The patch discriminator's term on patches of hybrids.</summary>
    public double PatchHybrid { get; init; } = 1;

    /// <summary>λ of R1 for the image discriminator (4.2: 10).</summary>
    public double ImageR1 { get; init; } = 10;

    /// <summary>λ of R1 for the patch discriminator (4.2: 1).</summary>
    public double PatchR1 { get; init; } = 1;

    /// <summary>R1 is taken at every k-th discriminator step, 16 in the reference.</summary>
    public int R1Interval { get; init; } = 16;

    /// <summary>Settings by name.</summary>
    /// <param name="name">"paper", "published-sae", "author-code", "small-data" or "pyramid".</param>
    /// <exception cref="EdgeSimException">There are none of this name.</exception>
    public static ObjectiveWeights Named(string name) => Known.TryGetValue(name, out ObjectiveWeights? weights) ? weights
        : throw new EdgeSimException($"There are no objective weights '{name}'.", $"Use one of: {string.Join(", ", Known.Keys)}.");

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="EdgeSimException">A factor is negative or no number, or the interval is below 1.</exception>
    public void Validate()
    {
        (string Name, double Value)[] factors =
        [
            (nameof(Reconstruction), Reconstruction), (nameof(GeneratorReconstruction), GeneratorReconstruction),
            (nameof(GeneratorHybrid), GeneratorHybrid), (nameof(GeneratorPatch), GeneratorPatch), (nameof(Inner), Inner),
            (nameof(Outer), Outer), (nameof(FeatureMatching), FeatureMatching), (nameof(DiscriminatorReal), DiscriminatorReal),
            (nameof(DiscriminatorReconstruction), DiscriminatorReconstruction), (nameof(DiscriminatorHybrid), DiscriminatorHybrid),
            (nameof(PatchReal), PatchReal), (nameof(PatchHybrid), PatchHybrid), (nameof(ImageR1), ImageR1), (nameof(PatchR1), PatchR1),
            (nameof(ClassStyle), ClassStyle), (nameof(Structure), Structure),
            (nameof(FeatureMeans), FeatureMeans), (nameof(ClassColour), ClassColour), (nameof(Correlation), Correlation),
            (nameof(FeatureGan), FeatureGan),
        ];
        foreach ((string name, double value) in factors)
            Check(value is >= 0 and < 1e6, $"weights.{name}", value, "from 0 on");
        Check(R1Interval >= 1, $"weights.{nameof(R1Interval)}", R1Interval, "from 1 on");
    }

    internal static void Check(bool valid, string name, double value, string range)
    {
        if (!valid)
        {
            string key = string.Join('.', name.Split('.').Select(part => char.ToLowerInvariant(part[0]) + part[1..]));
            throw new EdgeSimException(FormattableString.Invariant($"The training's {key} is {value}."), $"Use a value {range}.");
        }
    }
}
