using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim export`: weights with the reference's keys → model bundle.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> weights = new("weights")
        {
            Description = "Weights with the keys of the swapping autoencoder: .safetensors, or a PyTorch .pth (read, never run).",
        };
        Option<string> output = new("--output", "-o") { Description = "The bundle's folder.", Required = true };
        Option<string?> preset = new("--preset")
        {
            Description = $"Network sizes: {string.Join(", ", SaeConfiguration.PresetNames)}; by default what the file's metadata says.",
        };
        Option<string> description = new("--description")
        {
            Description = "A JSON file with name, description, licence, training data and metrics.",
            Required = true,
        };
        Option<string> card = new("--card") { Description = "The model card, Markdown.", Required = true };
        Option<string[]> textures = BundleArguments.Textures();
        Option<bool> half = BundleArguments.HalfWeights(), json = CommonOptions.Json();
        Command command = new("export", "Write a model bundle (ONNX graphs, manifest, model card) from a weights file.")
        {
            weights, output, preset, description, card, textures, half, json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(weights)!, folder = parsed.GetValue(output)!;
            WeightsFile weightsFile = WeightsFile.Read(path);
            MappedWeights mapped = WeightKeyMap.SwappingAutoencoder.Apply(weightsFile.Tensors, path);
            if (weightsFile.Container.Length > 0)
                Terminal.Note($"Weights are taken from '{weightsFile.Container}' of {path}.");
            SaeConfiguration configuration = parsed.GetValue(preset) is { } name
                ? SaeConfiguration.Preset(name)
                : SaeConfiguration.FromMetadata(weightsFile.Metadata);
            BundleManifest manifest = BundleWriter.Write(folder, new SaeWeights(configuration, mapped.Tensors),
                BundleDescription.Read(parsed.GetValue(description)!), BundleArguments.ReadCard(parsed.GetValue(card)!),
                BundleArguments.ReadTextures(parsed.GetValue(textures) ?? []), parsed.GetValue(half));
            if (parsed.GetValue(json))
                Terminal.Json(BundleManifestJson.Write(manifest));
            else
                Terminal.Note($"Wrote the bundle '{manifest.Name}' ({manifest.Files.Values.Sum(f => f.Bytes) / 1e6:F1} MB) to {folder}.");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
