using System.Security.Cryptography;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>Writes a model bundle from weights with the reference's keys.</summary>
public static class BundleWriter
{
    /// <summary>Writes the bundle: graphs first, the manifest last, so that a half-written folder is never a bundle.</summary>
    /// <param name="folder">The folder to create or to write over.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="description">Names, data, licence and metrics; its files and network are filled in.</param>
    /// <param name="modelCard">The model card in Markdown.</param>
    /// <param name="photos">
    /// Photographs by name (letters, digits, '-', '_', '.'), whose texture codes the bundle carries; the photographs themselves stay out.
    /// </param>
    /// <param name="halfWeights">Whether large weights are stored in 16 bits (<see cref="HalfStorage"/>).</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="EdgeSimException">
    /// The default size or the label space does not suit the networks, a photograph's name does not suit a file, or a file can't be
    /// written.
    /// </exception>
    public static BundleManifest Write(string folder, SaeWeights weights, BundleDescription description, string modelCard,
        IReadOnlyDictionary<string, Frame>? photos = null, bool halfWeights = false)
    {
        weights.Configuration.CheckImageSize(description.DefaultHeight, description.DefaultWidth, texture: true);
        weights.Configuration.ConditioningSpace(description.LabelSpace, description.Name);
        if (photos?.Keys.FirstOrDefault(name => !IsFileName(name)) is { } wrong)
            throw new EdgeSimException($"The texture name '{wrong}' does not suit a file.", "Use letters, digits, '-', '_' and '.'.");
        string manifestPath = Path.Combine(folder, BundleManifest.FileName);
        try
        {
            File.Delete(manifestPath);
        }
        catch (DirectoryNotFoundException)
        {
            // A new bundle.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't write to '{folder}': {error.Message.TrimEnd('.')}.",
                "Check the permissions of that folder.", ExitCode.Output, error);
        }
        Dictionary<string, BundleFile> files = new(StringComparer.Ordinal)
        {
            [BundleRoles.StructureEncoder] = AddGraph("structure-encoder.onnx", SaeExporter.StructureEncoder(weights)),
            [BundleRoles.TextureEncoder] = AddGraph("texture-encoder.onnx", SaeExporter.TextureEncoder(weights)),
            [BundleRoles.Generator] = AddGraph("generator.onnx", SaeExporter.Generator(weights)),
            [BundleRoles.ModelCard] = Add("README.md", System.Text.Encoding.UTF8.GetBytes(modelCard)),
        };
        BundleManifest manifest = new()
        {
            Format = BundleManifest.CurrentFormat,
            Name = description.Name,
            Description = description.Description,
            Preset = weights.Configuration.Name,
            Network = weights.Configuration.ToMetadata(),
            Normalisation = BundleNormalisation.SignedUnit,
            LabelSpace = description.LabelSpace,
            DefaultWidth = description.DefaultWidth,
            DefaultHeight = description.DefaultHeight,
            SizeMultiple = weights.Configuration.ImageMultiple,
            Opset = GraphBuilder.Opset,
            NoiseSeed = description.NoiseSeed,
            TrainingData = description.TrainingData,
            Teachers = description.Teachers,
            SelectedBy = description.SelectedBy,
            Licence = description.Licence,
            Metrics = description.Metrics,
            Files = files,
        };
        AtomicFile.WriteText(manifestPath, BundleManifestJson.Write(manifest));
        if (photos is not { Count: > 0 })
            return manifest;

        // The codes are computed by the very graphs that were just written.
        using (TextureEncoder encoder = new(ModelBundle.Load(folder)))
        {
            foreach ((string name, Frame photo) in photos)
            {
                string file = $"texture-{name}.safetensors";
                encoder.Encode(photo, name).Write(Path.Combine(folder, file));
                files[BundleRoles.TexturePrefix + name] = Describe(file, File.ReadAllBytes(Path.Combine(folder, file)));
            }
        }
        AtomicFile.WriteText(manifestPath, BundleManifestJson.Write(manifest));
        return manifest;

        BundleFile AddGraph(string name, ModelProto graph) =>
            Add(name, (halfWeights ? HalfStorage.Apply(graph) : graph).ToByteArray());

        BundleFile Add(string name, byte[] content)
        {
            AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
            return Describe(name, content);
        }

        static bool IsFileName(string name) =>
            name.Length is > 0 and <= 100 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.');

        static BundleFile Describe(string name, byte[] content) =>
            new(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}
