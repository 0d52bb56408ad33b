using System.CommandLine;
using System.Globalization;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Guarding;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim guard test`: what a calibrated guard tells apart on labelled frames → JSON and plot.</summary>
public static class GuardTestCommand
{
    public static Command Create()
    {
        Argument<string> bundle = GuardCommand.Bundle();
        GuardFrameOptions frames = new();
        Option<string> output = new("--output", "-o")
        {
            Description = "The report (.json); its plot goes beside it (.png).",
            Required = true,
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("test", "Test a guard: own tags, another frame's, moved ones; vehicles erased and pasted in.")
        {
            bundle, output, json,
        };
        frames.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
                throw new EdgeSimException($"The report '{path}' is no .json file.", "Name it so; its plot gets .png.", ExitCode.Usage);
            ModelBundle model = ModelBundle.Load(parsed.GetValue(bundle)!);
            using LabelGuard guard = new(model, parsed.GetValue(frames.Threads));
            IReadOnlyList<LiveTranslator> translators = frames.LoadTranslators(parsed, model, frames.LoadTextures(parsed, model));
            using Interruption interruption = new();
            GuardTestReport report;
            try
            {
                GuardFrames labelled = frames.Open(parsed, translators);
                using ProgressLine progress = new(() => labelled.Done, () => labelled.Total);
                report = GuardTest.Run(model, guard, labelled, parsed.GetValue(frames.Frames)!,
                    string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("edgesim")), interruption.Token);
            }
            catch (OperationCanceledException)
            {
                Terminal.Note("Interrupted: no report was written.");
                return (int)ExitCode.Interrupted;
            }
            finally
            {
                foreach (LiveTranslator translator in translators)
                    translator.Dispose();
            }
            GuardTestPlot.Write(Path.ChangeExtension(path, ".png"), report);
            AtomicFile.WriteText(path, GuardTestJson.Write(report));
            if (parsed.GetValue(json))
                Terminal.Json(GuardTestJson.Write(report));
            else
                Show(report);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Show(GuardTestReport report)
    {
        Table table = new Table().AddColumns(
            "case", "frames", "area", "of alignment, kept, objects alone", "found at 1 %", "at 5 %", "at 10 % false alarms", "at the threshold");
        foreach (GuardTestCase test in report.Cases)
        {
            table.AddRow(test.Name, test.Frames.ToString(CultureInfo.InvariantCulture), Text(test.Area),
                $"{Text(test.AlignmentArea)}, {Text(test.KeptArea)}, {Text(test.ObjectsArea)}", Text(test.FoundAt1Percent),
                Text(test.FoundAt5Percent), Text(test.FoundAt10Percent), Text(test.Found));
        }
        Terminal.People.Write(table);
        Terminal.Note($"{report.Frames} good frames, {Text(report.FalseAlarms)} of them fail; mIoU {Text(report.MeanIoU)}, untranslated "
            + $"{Text(report.UntranslatedMeanIoU)}. In {Text(report.ChangedObjects)} of them the translation lost or made up a person or a vehicle.");

        static string Text(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
    }
}
