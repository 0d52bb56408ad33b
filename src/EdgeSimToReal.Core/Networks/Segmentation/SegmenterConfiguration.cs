using System.Globalization;

namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// A semantic segmentation network: everything that tells its layers, keys and input. Images of any size from
/// <see cref="MinimumImage"/> on become logits [N, classes, H, W].
/// </summary>
public sealed partial record SegmenterConfiguration
{
    /// <summary>The least image height and width.</summary>
    public const int MinimumImage = 16;

    private static readonly Dictionary<string, SegmenterArchitecture> Architectures = new(StringComparer.Ordinal)
    {
        ["deeplabv3plus_mobilenet"] = SegmenterArchitecture.DeepLabMobileNetV2,
        ["deeplabv3plus_resnet50"] = SegmenterArchitecture.DeepLabResNet50,
        ["unet"] = SegmenterArchitecture.UNet,
    };

    /// <summary>Names of the architectures, as metadata and command lines give them.</summary>
    public static IReadOnlyCollection<string> ArchitectureNames => Architectures.Keys;

    /// <summary>The network.</summary>
    public SegmenterArchitecture Architecture { get; init; } = SegmenterArchitecture.DeepLabMobileNetV2;

    /// <summary>Classes told apart, 2 … 255.</summary>
    public int Classes { get; init; } = 16;

    /// <summary>
    /// Image pixels a pixel of the deepest map stands for, in each direction: 16 or 8. DeepLab dilates instead of striding for 8; the
    /// U-Net's first stage lies at 1/2 for 16 and at full size for 8.
    /// </summary>
    public int OutputStride { get; init; } = 16;

    /// <summary>Channels of the U-Net's first stage, 1 … 256; each further one has twice as many (24-48-96-192).</summary>
    /// <remarks>DeepLab's widths are fixed: this is not used there.</remarks>
    public int Width { get; init; } = 24;

    /// <summary>What the network expects as input; null: ImageNet's for DeepLab, [-1, 1] for the U-Net.</summary>
    public ColourNormalisation? Input { get; init; }

    /// <summary>What the network expects as input.</summary>
    public ColourNormalisation Normalisation => Input ?? DefaultNormalisation(Architecture);

    /// <summary>The architecture's name.</summary>
    public string Name => Architectures.First(pair => pair.Value == Architecture).Key;

    /// <summary>The architecture of a name.</summary>
    /// <param name="name">"deeplabv3plus_mobilenet", "deeplabv3plus_resnet50" or "unet".</param>
    /// <exception cref="EdgeSimException">There is none.</exception>
    public static SegmenterArchitecture ParseArchitecture(string name) => Architectures.TryGetValue(name, out SegmenterArchitecture found)
        ? found
        : throw new EdgeSimException($"There is no segmenter '{name}'.", $"Use one of: {string.Join(", ", ArchitectureNames)}.");

    /// <summary>Reads a configuration from a weights file's metadata; "architecture" and "classes" must be there.</summary>
    /// <param name="metadata">Keys architecture, classes, output_stride, width, input_mean, input_deviation.</param>
    /// <exception cref="EdgeSimException">A key is missing, no number or out of its range.</exception>
    public static SegmenterConfiguration FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        SegmenterArchitecture architecture = ParseArchitecture(metadata.TryGetValue("architecture", out string? name) ? name
            : throw new EdgeSimException("The file's metadata does not tell the segmenter's architecture.",
                $"Add 'architecture' ({string.Join(", ", ArchitectureNames)}), or give the configuration yourself."));
        ColourNormalisation usual = DefaultNormalisation(architecture), input = ColourNormalisation.FromMetadata(metadata, usual);
        SegmenterConfiguration configuration = new()
        {
            Architecture = architecture,
            Classes = Value("classes", null),
            OutputStride = Value("output_stride", 16),
            Width = Value("width", 24),
            Input = input == usual ? null : input,
        };
        configuration.Validate();
        return configuration;

        int Value(string key, int? absent)
        {
            if (!metadata.TryGetValue(key, out string? text))
                return absent ?? throw new EdgeSimException($"The file's metadata does not tell the segmenter's '{key}'.", $"Add '{key}'.");
            return int.TryParse(text, CultureInfo.InvariantCulture, out int value) ? value
                : throw new EdgeSimException($"The segmenter's '{key}' is '{text}', which is no whole number.", "Correct the metadata.");
        }
    }

    /// <summary>The configuration as metadata; <see cref="FromMetadata"/> reads it back.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["architecture"] = Name,
            ["classes"] = Classes.ToString(CultureInfo.InvariantCulture),
            ["output_stride"] = OutputStride.ToString(CultureInfo.InvariantCulture),
        };
        if (Architecture == SegmenterArchitecture.UNet)
            metadata["width"] = Width.ToString(CultureInfo.InvariantCulture);
        Normalisation.AddTo(metadata);
        return metadata;
    }

    /// <summary>Checks all values' ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        Check(Enum.IsDefined(Architecture), nameof(Architecture), (int)Architecture, "the known ones");
        Check(Classes is >= 2 and <= 255, nameof(Classes), Classes, "2 to 255 (255 itself is the label of unknown pixels)");
        Check(OutputStride is 8 or 16, nameof(OutputStride), OutputStride, "8 and 16");
        Check(Width is >= 1 and <= 256, nameof(Width), Width, "1 to 256");
        Normalisation.Validate();

        static void Check(bool valid, string name, int value, string range)
        {
            if (!valid)
                throw new EdgeSimException($"The segmenter's {name} is {value}.", $"Use a value of {range}.");
        }
    }

    /// <summary>Checks that an image suits the network.</summary>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <exception cref="EdgeSimException">A side is below <see cref="MinimumImage"/>.</exception>
    public static void CheckImageSize(long height, long width)
    {
        if (height < MinimumImage || width < MinimumImage)
        {
            throw new EdgeSimException($"An image of {width}x{height} pixels is too small to segment.",
                $"Both sides must be at least {MinimumImage}.");
        }
    }

    private static ColourNormalisation DefaultNormalisation(SegmenterArchitecture architecture) =>
        architecture == SegmenterArchitecture.UNet ? ColourNormalisation.SignedUnit : ColourNormalisation.ImageNet;
}
