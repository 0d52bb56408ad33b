using System.Globalization;

namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// Sizes of a swapping autoencoder's encoder and generator. All channel widths, block names and parameter shapes follow
/// from it, so that the TorchSharp modules and the ONNX exporter can't disagree.
/// </summary>
public sealed partial record SaeConfiguration
{
    /// <summary>The paper's networks: structure code 8 channels at 1/16, texture code 2048.</summary>
    public static SaeConfiguration Full { get; } = new();

    /// <summary>The form for edge devices: structure code 16 channels at 1/8, texture code 512, narrow networks.</summary>
    public static SaeConfiguration Edge { get; } = new()
    {
        StructureChannels = 16,
        TextureChannels = 512,
        Downsamplings = 3,
        EncoderCapacity = 0.5,
        GeneratorCapacity = 0.25,
    };

    /// <summary>
    /// For edge devices, with a structure pyramid and local colour transforms: keeps the frame's detail and learns from few pictures.
    /// </summary>
    public static SaeConfiguration EdgePyramid { get; } = new()
    {
        StructureChannels = 16,
        TextureChannels = 512,
        Downsamplings = 3,
        EncoderCapacity = 0.5,
        GeneratorCapacity = 0.1875,
        PyramidChannels = 8,
        ColourLevel = 2,
    };

    /// <summary>Small in every respect, with each kind of block: for tests.</summary>
    public static SaeConfiguration Tiny { get; } = new()
    {
        StructureChannels = 4,
        TextureChannels = 24,
        Downsamplings = 3,
        EncoderCapacity = 0.125,
        GeneratorCapacity = 0.03125,
    };

    private static readonly Dictionary<string, SaeConfiguration> Presets =
        new(StringComparer.Ordinal) { ["full"] = Full, ["edge"] = Edge, ["edge-pyramid"] = EdgePyramid, ["tiny"] = Tiny };

    /// <summary>Names of the presets.</summary>
    public static IReadOnlyCollection<string> PresetNames => Presets.Keys;

    /// <summary>Channels of the structure code, 1 … 512.</summary>
    public int StructureChannels { get; init; } = 8;

    /// <summary>Length of the texture code, 1 … 8192; also the cap of the encoder's widths.</summary>
    public int TextureChannels { get; init; } = 2048;

    /// <summary>Halvings from the image to the structure code, 1 … 6: the code lies at 1/2^n.</summary>
    public int Downsamplings { get; init; } = 4;

    /// <summary>Factor on the encoder's widths, above 0, at most 8.</summary>
    public double EncoderCapacity { get; init; } = 1;

    /// <summary>Factor on the generator's widths, above 0, at most 8.</summary>
    public double GeneratorCapacity { get; init; } = 1;

    /// <summary>The preset's name, or "custom".</summary>
    public string Name => Presets.FirstOrDefault(preset => preset.Value == this).Key ?? "custom";

    /// <summary>Image pixels a structure pixel stands for, in each direction: 2^<see cref="Downsamplings"/>.</summary>
    public int Stride => 1 << Downsamplings;

    /// <summary>Image heights and widths must be multiples of this (16, or more for deeper networks).</summary>
    public int ImageMultiple => Math.Max(16, Stride);

    /// <summary>
    /// The least image height and width of the texture encoder: two 3×3 convolutions of stride 2 without padding need
    /// 7 pixels of the encoder's deepest map.
    /// </summary>
    public int MinimumTextureImage => RoundUp(7 * Stride);

    /// <summary>
    /// The least image height and width of the structure encoder: its reflection padding of 2 needs 3 pixels at the last block's input.
    /// </summary>
    public int MinimumStructureImage => RoundUp(3 * Stride / 2);

    /// <summary>A preset by its name.</summary>
    /// <param name="name">"full", "edge", "edge-pyramid" or "tiny".</param>
    /// <exception cref="EdgeSimException">There is no such preset.</exception>
    public static SaeConfiguration Preset(string name) => Presets.TryGetValue(name, out SaeConfiguration? preset)
        ? preset
        : throw new EdgeSimException($"There is no network preset '{name}'.", $"Use one of: {string.Join(", ", PresetNames)}.");

    /// <summary>Reads a configuration from a weights file's metadata; keys that are absent mean the paper's value.</summary>
    /// <param name="metadata">
    /// Keys encoder_capacity, generator_capacity, downsamplings, structure_channels, texture_channels, label_classes,
    /// pyramid_channels, colour_level.
    /// </param>
    /// <exception cref="EdgeSimException">A value is no number or out of its range.</exception>
    public static SaeConfiguration FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        SaeConfiguration configuration = new()
        {
            StructureChannels = Value("structure_channels", Full.StructureChannels),
            TextureChannels = Value("texture_channels", Full.TextureChannels),
            Downsamplings = Value("downsamplings", Full.Downsamplings),
            EncoderCapacity = Value("encoder_capacity", Full.EncoderCapacity),
            GeneratorCapacity = Value("generator_capacity", Full.GeneratorCapacity),
            LabelClasses = Value(LabelClassesKey, Full.LabelClasses),
            PyramidChannels = Value(PyramidChannelsKey, Full.PyramidChannels),
            ColourLevel = Value(ColourLevelKey, Full.ColourLevel),
        };
        configuration.Validate();
        return configuration;

        T Value<T>(string key, T absent)
            where T : IParsable<T> => !metadata.TryGetValue(key, out string? text) ? absent
                : T.TryParse(text, CultureInfo.InvariantCulture, out T? value) ? value
                : throw new EdgeSimException(
                    $"The network configuration's '{key}' is '{text}', which is no number.", "Correct the metadata.");
    }

    /// <summary>The keys of <see cref="ToMetadata"/> that are absent from the paper's networks.</summary>
    public static IReadOnlyList<string> OptionalKeys { get; } = [LabelClassesKey, PyramidChannelsKey, ColourLevelKey];

    /// <summary>The configuration as metadata of a weights file; <see cref="FromMetadata"/> reads it back.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["structure_channels"] = StructureChannels.ToString(CultureInfo.InvariantCulture),
            ["texture_channels"] = TextureChannels.ToString(CultureInfo.InvariantCulture),
            ["downsamplings"] = Downsamplings.ToString(CultureInfo.InvariantCulture),
            ["encoder_capacity"] = EncoderCapacity.ToString("R", CultureInfo.InvariantCulture),
            ["generator_capacity"] = GeneratorCapacity.ToString("R", CultureInfo.InvariantCulture),
        };
        if (LabelClasses > 0)
            metadata[LabelClassesKey] = LabelClasses.ToString(CultureInfo.InvariantCulture);
        if (PyramidChannels > 0)
            metadata[PyramidChannelsKey] = PyramidChannels.ToString(CultureInfo.InvariantCulture);
        if (ColourLevel > 0)
            metadata[ColourLevelKey] = ColourLevel.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }

    /// <summary>Checks all values' ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        Check(StructureChannels is >= 1 and <= 512, nameof(StructureChannels), StructureChannels, "1 to 512");
        Check(TextureChannels is >= 1 and <= 8192, nameof(TextureChannels), TextureChannels, "1 to 8192");
        Check(Downsamplings is >= 1 and <= 6, nameof(Downsamplings), Downsamplings, "1 to 6");
        Check(EncoderCapacity is > 0 and <= 8 && EncoderWidth(0) >= 1, nameof(EncoderCapacity), EncoderCapacity,
            "above 1/64 to 8 (at least one channel)");
        Check(GeneratorCapacity is > 0 and <= 8 && GeneratorWidth(Downsamplings) >= 1, nameof(GeneratorCapacity), GeneratorCapacity,
            "above 1/256 to 8 (at least one channel)");
        Check(LabelClasses is >= 0 and <= 255, nameof(LabelClasses), LabelClasses, "0 to 255");
        Check(PyramidChannels is >= 0 and <= 64, nameof(PyramidChannels), PyramidChannels, "0 to 64");
        Check(ColourLevel >= 0 && ColourLevel < Downsamplings, nameof(ColourLevel), ColourLevel, $"0 to {Downsamplings - 1}");

        static void Check(bool valid, string name, double value, string range)
        {
            if (!valid)
            {
                throw new EdgeSimException($"The network configuration's {name} is {value.ToString(CultureInfo.InvariantCulture)}.",
                    $"Use a value from {range}.");
            }
        }
    }

    /// <summary>Checks that an image suits the networks.</summary>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="texture">Whether the texture code is asked for, which needs larger images than the structure code.</param>
    /// <exception cref="EdgeSimException">A side is no multiple of <see cref="ImageMultiple"/>, or the image is too small.</exception>
    public void CheckImageSize(int height, int width, bool texture)
    {
        int least = texture ? MinimumTextureImage : MinimumStructureImage;
        if (height % ImageMultiple != 0 || width % ImageMultiple != 0 || height < least || width < least)
        {
            (string widths, string heights) = (Near(width), Near(height));
            throw new EdgeSimException(
                $"An image of {width}x{height} pixels does not suit the {(texture ? "texture" : "structure")} encoder.",
                $"Both sides must be multiples of {ImageMultiple} and at least {least}: next are a width of {widths} and a height of {heights}.");
        }

        string Near(int size)
        {
            int below = size / ImageMultiple * ImageMultiple;
            return size < least ? $"{least}" : size == below ? $"{size}" : $"{below} or {below + ImageMultiple}";
        }
    }

    private int RoundUp(int size) => (size + ImageMultiple - 1) / ImageMultiple * ImageMultiple;
}
