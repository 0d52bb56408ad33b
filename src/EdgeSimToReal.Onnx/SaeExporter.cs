using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx;

/// <summary>Writes the swapping autoencoder as three ONNX graphs: structure encoder, texture encoder, generator.</summary>
/// <remarks>
/// Batch, height and width are dynamic; heights and widths must be multiples of <see cref="SaeConfiguration.ImageMultiple"/>. The
/// generator takes the texture code as an input, so one file serves every texture; the runtime freezes it for live use. The layers'
/// names are the reference's keys.
/// </remarks>
public static partial class SaeExporter
{
    /// <summary>Name of the image input and output, [N, 3, H, W], RGB in [-1, 1].</summary>
    public const string Image = "image";

    /// <summary>Name of the structure code, [N, C, H / s, W / s], of unit length over C.</summary>
    public const string Structure = "structure";

    /// <summary>Name of the texture code, [N, S], of unit length.</summary>
    public const string Texture = "texture";

    /// <summary>Name of a label-conditioned generator's label map, [N, K, H / s, W / s], shares in [0, 1].</summary>
    public const string Labels = "labels";

    /// <summary>
    /// Name of the image that colour transforms apply to, [N, 3, H, W], each plane less its mean over its standard deviation.
    /// </summary>
    public const string Picture = "picture";

    /// <summary>Prefix of the project's metadata keys; <see cref="SaeConfiguration.ToMetadata"/>'s keys follow it.</summary>
    public const string MetadataPrefix = "edgesim.";

    /// <summary>Metadata key that tells which graph a file holds: a role of the bundle.</summary>
    public const string RoleKey = MetadataPrefix + "role";

    private static readonly float[] EncoderTaps = [1, 2, 1];
    private static readonly float[] GeneratorTaps = [1, 3, 3, 1];

    /// <summary>1/√2, the factor of every residual sum.</summary>
    private static readonly float ResidualGain = (float)Math.Sqrt(0.5);

    /// <summary>Name of a noise layer's input in the generator's graph.</summary>
    /// <param name="layer">The layer.</param>
    public static string NoiseInput(SaeNoiseLayer layer) => $"noise.{layer.Name}";

    /// <summary>Name of a level of the structure pyramid, [N, P, H / 2^i, W / 2^i], each channel standardised over space.</summary>
    /// <param name="level">The level, 0 at the image's size.</param>
    public static string PyramidLevel(int level) => $"pyramid.{level}";

    /// <summary>
    /// Names of all that the structure encoder makes of an image and the generator takes: the structure code and, where the configuration
    /// has them, the pyramid's levels, finest first, and the picture.
    /// </summary>
    /// <param name="configuration">Sizes of the networks.</param>
    public static IReadOnlyList<string> StructureNames(SaeConfiguration configuration) =>
    [
        Structure,
        .. Enumerable.Range(0, configuration.PyramidBlocks.Count).Select(PyramidLevel),
        .. configuration.ColourLevel > 0 ? [Picture] : Array.Empty<string>(),
    ];

    // A level's side, [N, P, these]; level 0 is as large as the image.
    private static (Dim Height, Dim Width) LevelSize(SaeConfiguration configuration, int level)
    {
        int scale = configuration.Stride >> level;
        return level == 0 ? ("H", "W") : ($"{scale}h", $"{scale}w");
    }

    private static ModelProto Finish(GraphBuilder graph, string role, string documentation, SaeConfiguration configuration) =>
        graph.Build(documentation,
        [
            new KeyValuePair<string, string>(RoleKey, role),
            new KeyValuePair<string, string>(MetadataPrefix + "preset", configuration.Name),
            .. configuration.ToMetadata().Select(pair => new KeyValuePair<string, string>(MetadataPrefix + pair.Key, pair.Value)),
        ]);
}
