using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Bundles;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim info`: what a bundle says of itself, after verifying its files.</summary>
public static class InfoCommand
{
    public static Command Create()
    {
        Argument<string> bundle = new("bundle") { Description = "The bundle's folder.", DefaultValueFactory = _ => ModelLocator.Default };
        Option<bool> json = CommonOptions.Json();
        Command command = new("info", "Verify a model bundle and show its manifest.") { bundle, json };
        command.SetAction(parsed =>
        {
            ModelBundle model = ModelBundle.Load(parsed.GetValue(bundle)!);
            if (parsed.GetValue(json))
                Terminal.Json(BundleManifestJson.Write(model.Manifest));
            else
                Show(model);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Show(ModelBundle model)
    {
        BundleManifest manifest = model.Manifest;
        Table table = new Table().HideHeaders().AddColumns("", "");
        table.AddRow("name", Markup.Escape(manifest.Name));
        table.AddRow("description", Markup.Escape(manifest.Description));
        table.AddRow("preset", Markup.Escape(manifest.Preset));
        table.AddRow("network", Markup.Escape(string.Join(", ", manifest.Network.Select(pair => $"{pair.Key} {pair.Value}"))));
        table.AddRow("default size", $"{manifest.DefaultWidth}x{manifest.DefaultHeight}, multiples of {manifest.SizeMultiple}");
        if (model.ConditioningSpace is { } space)
            table.AddRow("conditioned on", $"labels ({space}): frames must carry tags");
        if (manifest.Guard is { } guard)
        {
            table.AddRow("label guard", Markup.Escape($"{guard.Architecture} {guard.Id}, {guard.LabelSpace}, "
                + FormattableString.Invariant($"{guard.MultiplyAccumulates / 1e9:F2} GMAC at {guard.Width}x{guard.Height}, ")
                + (guard.Threshold is not { } threshold ? "not calibrated" : FormattableString.Invariant(
                    $"fails below {threshold.Score:F2}, {threshold.FalseAlarmRate:P1} of good frames"))));
        }
        if (manifest.Half is { } half)
        {
            table.AddRow("fp16", Markup.Escape(FormattableString.Invariant($"{half.Psnr:F1} dB, worst block {half.WorstBlock:F1} dB; in fp32 stay ")
                + (half.Single.Count == 0 ? "none" : string.Join(", ", half.Single))));
        }
        table.AddRow("licence", Markup.Escape(manifest.Licence));
        foreach (BundleTrainingData data in manifest.TrainingData)
            table.AddRow($"data ({Markup.Escape(data.Role)})", Markup.Escape($"{data.Name}, {data.Images} images, {data.Licence}"));
        foreach ((string name, double value) in manifest.Metrics)
            table.AddRow(Markup.Escape(name), value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture));
        foreach ((string role, BundleFile file) in manifest.Files)
            table.AddRow(Markup.Escape(role), Markup.Escape($"{file.Name}, {file.Bytes} bytes, verified"));
        Terminal.Results.Write(table);
    }
}
