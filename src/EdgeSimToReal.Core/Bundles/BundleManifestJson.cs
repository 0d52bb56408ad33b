using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeSimToReal.Core.Bundles;

/// <summary>Reads and writes manifests without reflection, so that it works in trimmed and ahead-of-time compiled programs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(BundleDescription))]
[JsonSerializable(typeof(BundleHalf))]
public sealed partial class BundleManifestJson : JsonSerializerContext
{
    /// <summary>The manifest as JSON text.</summary>
    /// <param name="manifest">The manifest.</param>
    public static string Write(BundleManifest manifest) => JsonSerializer.Serialize(manifest, Default.BundleManifest) + "\n";

    /// <summary>A part of a manifest as JSON text.</summary>
    /// <param name="half">What was measured of the fp16 form.</param>
    public static string Write(BundleHalf half) => JsonSerializer.Serialize(half, Default.BundleHalf) + "\n";

    /// <summary>Reads a manifest.</summary>
    /// <param name="json">JSON text.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The text is not a manifest of a known format.</exception>
    public static BundleManifest Read(string json, string path)
    {
        BundleManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, Default.BundleManifest);
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"'{path}' is not a valid bundle manifest: {error.Message.TrimEnd('.')}.",
                "Copy or export the bundle again.", ExitCode.BadInput, error);
        }
        if (manifest is null || manifest.Format != Bundles.BundleManifest.CurrentFormat)
        {
            throw new EdgeSimException(
                $"'{path}' has the bundle format {manifest?.Format}, and this version reads {Bundles.BundleManifest.CurrentFormat}.",
                "Export the bundle with this version, or use the version that wrote it.");
        }
        // The serialiser checks members for null, but not the elements of collections.
        if (manifest.Files.FirstOrDefault(file => file.Value is null) is { Key: { } role })
            throw new EdgeSimException($"'{path}' says nothing of the file '{role}'.", "Copy or export the bundle again.");
        return manifest;
    }
}
