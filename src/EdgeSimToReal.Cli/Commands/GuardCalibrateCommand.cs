using System.CommandLine;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Guarding;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim guard calibrate`: labelled frames and a false-alarm rate → the guard's threshold in the bundle's manifest.</summary>
public static class GuardCalibrateCommand
{
    public static Command Create()
    {
        Argument<string> bundle = GuardCommand.Bundle();
        GuardFrameOptions frames = new();
        Option<double> rate = new Option<double>("--rate", "-r")
        {
            Description = "The share of good frames that may fail.",
            DefaultValueFactory = _ => 0.02,
        }.Between(1e-6, 0.5);
        Command command = new("calibrate", "Find the score below which frames fail, and write it into the bundle.") { bundle, rate };
        frames.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(bundle)!;
            ModelBundle model = ModelBundle.Load(folder);
            using LabelGuard guard = new(model, parsed.GetValue(frames.Threads));
            IReadOnlyList<TextureCode> textures = frames.LoadTextures(parsed, model);
            IReadOnlyList<LiveTranslator> translators = frames.LoadTranslators(parsed, model, textures);
            using Interruption interruption = new();
            List<GuardReading> readings = [];
            try
            {
                GuardFrames labelled = frames.Open(parsed, translators);
                using ProgressLine progress = new(() => labelled.Done, () => labelled.Total);
                foreach ((Frame source, Frame translated) in labelled.Translate(interruption.Token))
                {
                    guard.Prepare(source, translated);
                    readings.Add(guard.Read());
                }
            }
            catch (OperationCanceledException)
            {
                Terminal.Note("Interrupted: the bundle is as it was.");
                return (int)ExitCode.Interrupted;
            }
            finally
            {
                foreach (LiveTranslator translator in translators)
                    translator.Dispose();
            }
            (int width, int height) = frames.PictureSize(parsed, model);
            BundleGuardThreshold threshold = GuardCalibration.Calibrate(readings, parsed.GetValue(rate),
                string.Join(", ", textures.Select(texture => texture.Name)), width, height);
            BundleGuardWriter.Calibrate(folder, threshold);
            Terminal.Note(FormattableString.Invariant($"Frames fail below a score of {threshold.Score:F2} (deviations from the mean of ")
                + FormattableString.Invariant($"{threshold.Frames} good frames), at most {threshold.FalseAlarmRate:P1} of good ones. ")
                + FormattableString.Invariant($"mIoU {readings.Average(reading => reading.MeanIoU):F3}, untranslated ")
                + FormattableString.Invariant($"{readings.Average(reading => reading.UntranslatedMeanIoU):F3}."));
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
