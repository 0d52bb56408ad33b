using System.Text.Json;

namespace EdgeSimToReal.Core.Bundles;

/// <summary>What a person says of a model when exporting it; the rest of the manifest follows from the weights.</summary>
/// <remarks>
/// Optional members can be set after construction: the JSON source generator writes null or 0 over the default of an init-only one.
/// </remarks>
public sealed record BundleDescription
{
    /// <summary>The model's name, e.g. "edge".</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for a person who chooses a model.</summary>
    public required string Description { get; init; }

    /// <summary>The licence of the weights; it follows from the data that they saw.</summary>
    public required string Licence { get; init; }

    /// <summary>The label space that the semantic losses used and that a label-conditioned generator's map is in; null for none.</summary>
    public string? LabelSpace { get; set; }

    /// <summary>Width in pixels that the model was trained for.</summary>
    public int DefaultWidth { get; set; } = 512;

    /// <summary>Height in pixels that the model was trained for.</summary>
    public int DefaultHeight { get; set; } = 256;

    /// <summary>Seed of the fixed noise maps.</summary>
    public ulong NoiseSeed { get; set; }

    /// <summary>The data sets that the weights saw.</summary>
    public IReadOnlyList<BundleTrainingData> TrainingData { get; set; } = [];

    /// <summary>Ids of the segmenters that took part in the training; evaluation refuses them as judges.</summary>
    public IReadOnlyList<string> Teachers { get; set; } = [];

    /// <summary>Ids of the segmenters that chose the checkpoint by their readings; evaluation marks them as judges.</summary>
    public IReadOnlyList<string> SelectedBy { get; set; } = [];

    /// <summary>Measured figures by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    /// <summary>Reads a description from a JSON file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file is missing or no description.</exception>
    public static BundleDescription Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), BundleManifestJson.Default.BundleDescription)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new EdgeSimException($"Can't read the model description '{path}': {error.Message.TrimEnd('.')}.",
                "It is a JSON object with name, description, licence, trainingData and metrics.", ExitCode.BadInput, error);
        }
    }
}
