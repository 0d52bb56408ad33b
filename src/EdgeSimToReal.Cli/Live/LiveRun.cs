using EdgeSimToReal.Cli.Reports;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Cli.Live;

/// <summary>Runs a pipeline under a person's eyes: progress, interruption, latency report.</summary>
public static class LiveRun
{
    /// <param name="source">Where frames come from.</param>
    /// <param name="translator">What is done to them.</param>
    /// <param name="sink">Where they go.</param>
    /// <param name="sinkName">The sink's name, for the report.</param>
    /// <param name="maxFrames">Stop after so many; 0: no limit.</param>
    /// <param name="warmUp">Frames left out of the report; at most a quarter where the number of frames is known.</param>
    /// <param name="limit">Stop after this time; null: no limit.</param>
    /// <param name="reportPath">Where the latency report goes (.json, and a plot .png beside it); null: nowhere.</param>
    public static (ExitCode Code, LatencyReport Report) Run(IFrameSource source, IFrameTranslator translator, IFrameSink sink,
        string sinkName, long maxFrames, int warmUp, TimeSpan? limit, string? reportPath)
    {
        using Interruption interruption = new();
        if (limit is { } time)
            interruption.CancelAfter(time);
        // A short run would be all warm-up.
        long? expected = (maxFrames, source.FrameCount) switch
        {
            (0, var count) => count,
            (_, { } count) => Math.Min(maxFrames, count),
            _ => maxFrames,
        };
        LatencyRecorder recorder = new((int)Math.Min(warmUp, (expected ?? long.MaxValue) / 4));
        FramePipeline pipeline = new(source, translator, sink, recorder);
        Terminal.Note($"{source.Description} -> {translator.Description} -> {sinkName}");
        GuardedTranslator? guarded = translator as GuardedTranslator;
        try
        {
            Func<string>? judged = guarded is null ? null : () => $"{guarded.CheckedFrames} judged";
            using (ProgressLine progress = new(() => pipeline.Frames, () => expected, () => source.Drops.Total, judged))
                pipeline.Run(maxFrames, interruption.Token);
        }
        catch (Exception) when (reportPath is not null && recorder.Recorded > 0)
        {
            // What was measured is worth keeping even when the run ended badly; why it did is what is told.
            try
            {
                Save(reportPath, Report(), recorder);
            }
            catch (EdgeSimException second)
            {
                Terminal.Warning(second.Message);
            }
            throw;
        }
        LatencyReport report = Report();
        if (reportPath is not null)
            Save(reportPath, report, recorder);
        // Only now: what was measured is kept. A run that says of frames that they were judged must not end well otherwise.
        guarded?.ThrowIfFailed();
        return (interruption.Requested ? ExitCode.Interrupted : ExitCode.Ok, report);

        LatencyReport Report() => LatencyReport.Create(recorder, source, sinkName, translator.Description,
            string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("edgesim")), guarded?.Report(),
            translator.Device);
    }

    /// <summary>Prints the report's main figures for a person.</summary>
    public static void Show(LatencyReport report)
    {
        Terminal.Note($"{report.Frames + report.WarmUpFrames} frames ({report.WarmUpFrames} of warm-up), "
            + $"{report.FramesPerSecond:F1} frames/s, dropped {report.Dropped.Total} (server {report.Dropped.ByServer}, "
            + $"queue {report.Dropped.ByFullQueue}, deadline {report.Dropped.ByDeadline}, damaged {report.Dropped.Damaged})");
        if (report.Guard is { } guard)
            Show(guard);
        Terminal.People.Write(LatencyTable.Create(report));
    }

    private static void Show(GuardReport guard)
    {
        string verdicts = guard.Threshold is null ? "not calibrated, so none could fail" : $"{guard.Flagged} flagged"
            + (guard.PassedThrough > 0 ? $", {guard.PassedThrough} passed through" : "");
        string objects = guard.ChangedObjectFrames > 0 ? $", a person or vehicle lost or made up in {guard.ChangedObjectFrames}" : "";
        Terminal.Note($"label guard: {guard.CheckedFrames} frames judged ({guard.MissedFrames} missed), {verdicts}{objects}; "
            + $"mIoU of the last {guard.Window} {Text(guard.MeanIoU)}, untranslated {Text(guard.UntranslatedMeanIoU)}");

        static string Text(double? value) => value?.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture) ?? "unknown";
    }

    private static void Save(string path, LatencyReport report, LatencyRecorder recorder)
    {
        AtomicFile.WriteText(path, LatencyReportJson.Write(report));
        LatencyPlot.Write(Path.ChangeExtension(path, ".png"), recorder, report);
    }
}
