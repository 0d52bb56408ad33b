using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim fp16`: a bundle and frames → which layers stay in fp32 on a GPU, in the bundle's manifest.</summary>
public static class Fp16Command
{
    public static Command Create()
    {
        Argument<string> bundle = new("bundle") { Description = "The bundle's folder." };
        Option<string> frames = new("--frames", "-f") { Description = "Folder of simulator frames.", Required = true };
        Option<LabelSpace?> labels = CommonOptions.Labels("--labels", "Of a label-conditioned model: their label space, where no manifest names it");
        Option<int> limit = new Option<int>("--limit", "-n")
        {
            Description = "The most frames, spread evenly over the folder; 0: all.",
            DefaultValueFactory = _ => 8,
        }.AtLeast(0);
        Option<double> psnr = new Option<double>("--psnr")
        {
            Description = "What each picture must reach against its fp32 form, in dB.",
            DefaultValueFactory = _ => 45,
        }.Between(0, 150);
        Option<double> block = new Option<double>("--block")
        {
            Description = "What its worst block of 16x16 pixels must reach, in dB.",
            DefaultValueFactory = _ => 35,
        }.Between(0, 150);
        Option<string[]> texture = CommonOptions.Texture();
        Option<(int Width, int Height)?> size =
            CommonOptions.Size("--size", "The network's picture size, multiples of 16; by default the model's own.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("fp16", "Measure which layers must stay in fp32 for a model to run in fp16 on a GPU; writes them into the bundle.")
        {
            bundle, frames, labels, limit, psnr, block, texture, size, threads, json,
        };
        command.SetAction(parsed =>
        {
            ModelBundle model = ModelBundle.Load(parsed.GetValue(bundle)!);
            string[] given = parsed.GetValue(texture) ?? [];
            TextureCode[] textures = [.. (given.Length > 0 ? given : model.TextureNames)
                .Select(path => ModelOptions.Load([path], model, parsed.GetValue(threads)))];
            using Interruption interruption = new();
            BundleHalf half;
            try
            {
                HalfMeasurement measurement = new(model, textures,
                    Read(parsed.GetValue(frames)!, parsed.GetValue(labels), parsed.GetValue(limit), interruption.Token),
                    parsed.GetValue(size) ?? (model.Manifest.DefaultWidth, model.Manifest.DefaultHeight), parsed.GetValue(threads));
                half = measurement.Run(new ImageParity(parsed.GetValue(psnr), parsed.GetValue(block)), Terminal.Note, interruption.Token);
            }
            catch (OperationCanceledException)
            {
                Terminal.Note("Interrupted: the bundle is as it was.");
                return (int)ExitCode.Interrupted;
            }
            BundleHalfWriter.Write(model, half);
            if (parsed.GetValue(json))
                Terminal.Json(BundleManifestJson.Write(half));
            Terminal.Note(FormattableString.Invariant($"fp16: {half.Psnr:F1} dB, worst block {half.WorstBlock:F1} dB, values up to {half.Peak:F0}; ")
                + $"in fp32 stay: {(half.Single.Count == 0 ? "none" : string.Join(", ", half.Single))}.");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<Frame> Read(string folder, LabelSpace? labels, int limit, CancellationToken cancellation)
    {
        using ImageFolderSource source = new(folder, labels, limit);
        while (source.Take(cancellation) is { } frame)
        {
            yield return frame;
            source.Return(frame);
        }
        cancellation.ThrowIfCancellationRequested();
    }
}
