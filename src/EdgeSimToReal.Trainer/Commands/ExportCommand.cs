using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Trainer.Verbs;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>`edgesim-train export`: a run or a checkpoint → weights, and a model bundle where it is a translator.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> source = new("run")
        {
            Description = "A run's folder (its best checkpoint where a validation chose one, else its newest), or a checkpoint.",
        };
        Option<string> output = new("--output", "-o") { Description = "The folder to write to.", Required = true };
        Option<string[]> sets = TrainingCommand.SetOption();
        Option<string?> description = new("--description")
        {
            Description = "For a bundle: a JSON file with name, description, licence, training data and metrics; by default what the "
                + "training knows.",
        };
        Option<string?> card = new("--card") { Description = "For a bundle: the model card, Markdown." };
        Option<string[]> textures = BundleArguments.Textures();
        Option<bool> half = BundleArguments.HalfWeights();
        Command command = new("export", "Write the weights of a run or a checkpoint: a model bundle, or a segmenter (safetensors, ONNX).")
        {
            source, output, sets, description, card, textures, half,
        };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(output)!;
            string from = RunExport.Write(parsed.GetValue(source)!, folder, new BundleTexts
            {
                Description = parsed.GetValue(description) is { } path ? BundleDescription.Read(path) : null,
                Card = parsed.GetValue(card) is { } text ? BundleArguments.ReadCard(text) : null,
                Textures = BundleArguments.ReadTextures(parsed.GetValue(textures) ?? []),
                HalfWeights = parsed.GetValue(half),
            }, parsed.GetValue(sets) ?? []);
            Terminal.Note($"Wrote the weights of '{from}' to {folder}.");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
