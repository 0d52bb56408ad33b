using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>
/// What a segmenter's ONNX file says of itself, in metadata whose keys begin with <see cref="SaeExporter.MetadataPrefix"/>.
/// </summary>
/// <param name="Architecture">The network's name.</param>
/// <param name="LabelSpace">The label space of its classes.</param>
/// <param name="Id">The first 16 hexadecimal digits of the SHA-256 of its weights; null where the file tells none.</param>
/// <param name="ValidationMeanIoU">Its own mIoU on the validation images of its training; null where the file tells none.</param>
/// <param name="TrainingData">The data sets that its weights saw.</param>
public sealed record SegmenterDescription(
    string Architecture, LabelSpace LabelSpace, string? Id, double? ValidationMeanIoU, IReadOnlyList<SegmenterTrainingData> TrainingData)
{
    /// <summary>
    /// Whether a file describes itself so. Its network then takes RGB in [-1, 1]; others are taken to want RGB in [0, 1], and somebody
    /// has to say what their classes are.
    /// </summary>
    /// <param name="metadata">Key-value pairs of the file.</param>
    public static bool IsIn(IReadOnlyDictionary<string, string> metadata) =>
        metadata.ContainsKey($"{SaeExporter.MetadataPrefix}label_space");

    /// <summary>The label space of a network's classes: what its file says, or where that says nothing what the caller says.</summary>
    /// <param name="metadata">Key-value pairs of the file.</param>
    /// <param name="named">What the caller says; null: nothing.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="option">How the caller can say it, for messages.</param>
    /// <exception cref="EdgeSimException">Nobody says it, or both and not the same.</exception>
    public static LabelSpace ClassesOf(IReadOnlyDictionary<string, string> metadata, LabelSpace? named, string path, string option)
    {
        if (metadata.GetValueOrDefault($"{SaeExporter.MetadataPrefix}label_space") is not { } name)
        {
            return named ?? throw new EdgeSimException($"'{path}' does not say the label space of its classes.",
                $"Say it with {option}, e.g. {LabelSpaces.CityscapesTrainIds} for the 19 trainIds of Cityscapes.");
        }
        LabelSpace space = LabelSpaces.ByName(name);
        return named is null || named == space ? space
            : throw new EdgeSimException($"'{path}' says that its classes are those of {space}, and {option} says {named}.", $"Leave {option} out.");
    }

    /// <summary>Reads the metadata.</summary>
    /// <param name="metadata">Key-value pairs of the file; "label_space" must be among them.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The label space is missing or unknown, or a value can't be read.</exception>
    public static SegmenterDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string path)
    {
        string space = Find("label_space") ?? throw new EdgeSimException($"'{path}' does not tell the label space of its classes.",
            $"Add the metadata {SaeExporter.MetadataPrefix}label_space: {string.Join(", ", LabelSpaces.All)}.");
        double? validation = null;
        if (Find("validation_miou") is { } text)
        {
            validation = double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 1 ? value
                : throw new EdgeSimException($"'{path}' tells the validation mIoU '{text}'.", "Write a number from 0 to 1.");
        }
        return new SegmenterDescription(Find("architecture") ?? "unknown", LabelSpaces.ByName(space), Find("id"), validation,
            ReadData(Find("training_data"), path));

        string? Find(string key) => metadata.GetValueOrDefault(SaeExporter.MetadataPrefix + key);
    }

    private static IReadOnlyList<SegmenterTrainingData> ReadData(string? json, string path)
    {
        if (json is null)
            return [];
        try
        {
            return JsonSerializer.Deserialize(json, SegmenterJson.Default.SegmenterTrainingDataArray) ?? [];
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"'{path}' tells its training data in a form that can't be read: {error.Message.TrimEnd('.')}.",
                "It is a JSON array of {name, images, licence}.", ExitCode.BadInput, error);
        }
    }
}
