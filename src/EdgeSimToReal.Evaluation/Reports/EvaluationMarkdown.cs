using System.Text;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Onnx.Segmentation;
using static EdgeSimToReal.Evaluation.Reports.MarkdownText;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>An evaluation report for people, as Markdown.</summary>
public static class EvaluationMarkdown
{
    /// <summary>The report as Markdown text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(EvaluationReport report)
    {
        StringBuilder text = new();
        text.Append($"# Evaluation of {report.Model.Name}\n\n");
        foreach (string warning in report.Warnings)
            text.Append($"> **{warning}**\n\n");
        Readings(text, report);
        Distances(text, report);
        if (report.Stability is { } stability)
            Stability(text, stability);
        if (report.Downstream is { } downstream)
            Downstream(text, downstream);
        Confusion(text, report);
        Origin(text, report);
        return text.ToString();
    }

    private static void Readings(StringBuilder text, EvaluationReport report)
    {
        text.Append($"## Labels\n\nRead by {Judge(report.Judge)}, over the {report.Classes.Count} classes of {report.Settings.LabelSpace}. ")
            .Append("In brackets: 95 % intervals by bootstrap over the structure images.\n\n");
        Row(text, "", "images", "overall accuracy", "mean accuracy", "mIoU", "mean NLL");
        Rule(text, 6);
        foreach (ReadingReport reading in report.Readings)
        {
            Row(text, $"**{reading.Set}** ({reading.Meaning})", Number(reading.Images), Text(reading.OverallAccuracy),
                Text(reading.MeanAccuracy), Text(reading.MeanIoU), Text(reading.MeanNll));
        }
        text.Append("\n![IoU by class](iou.png)\n\n");
        Row(text, ["IoU", .. report.Readings.Select(reading => reading.Set)]);
        Rule(text, report.Readings.Count + 1);
        for (int c = 0; c < report.Classes.Count; c++)
            Row(text, [report.Classes[c], .. report.Readings.Select(reading => Text(reading.ClassIoU[c]))]);
        foreach (ReadingReport reading in report.Readings.Where(reading => reading.ByTexture.Count > 1))
        {
            text.Append($"\nBy texture, {reading.Set}: ").AppendJoin("; ", reading.ByTexture.Select(texture =>
                $"{texture.Texture} mIoU {Short(texture.MeanIoU)}, accuracy {Short(texture.OverallAccuracy)}")).Append(".\n");
        }
        if (report.TextureMeans.Count > 0)
        {
            text.Append("\nOn average over textures, every structure with each: structures and textures drawn independently, the gain draw by ")
                .Append("draw; in the last column structures alone are drawn, so that it holds for these textures only.\n\n");
            Row(text, "", "textures", "mIoU", "overall accuracy", "mIoU above untranslated", "the same, these textures only");
            Rule(text, 6);
            foreach (TextureMean mean in report.TextureMeans)
            {
                Row(text, $"**{mean.Set}**", Number(mean.Textures), Text(mean.MeanIoU), Text(mean.OverallAccuracy), Text(mean.MeanIoUGain),
                    Text(mean.MeanIoUGainHere));
            }
        }
        if (report.Guard is { } guard)
            Guard(text, guard);
    }

    private static void Guard(StringBuilder text, IReadOnlyList<GuardCount> counts)
    {
        text.Append("\n## Persons and vehicles\n\nTranslated images in which one was lost or made up, by the bundle's label guard.\n\n");
        Row(text, "texture", "images", "persons or vehicles changed", "share", "below the guard's threshold");
        Rule(text, 5);
        foreach (GuardCount count in counts)
            Count(count.Texture, count.Frames, count.ChangedObjects, count.Failed);
        if (counts.Count > 1)
        {
            Count("**all**", counts.Sum(count => count.Frames), counts.Sum(count => count.ChangedObjects),
                counts.Any(count => count.Failed is null) ? null : counts.Sum(count => count.Failed));
        }

        void Count(string name, int frames, int changed, int? failed) => Row(text, name, Number(frames), Number(changed),
            frames == 0 ? "–" : $"{Number(Math.Round(100.0 * changed / frames, 1))} %", failed is null ? "not calibrated" : Number(failed));
    }

    private static void Distances(StringBuilder text, EvaluationReport report)
    {
        foreach (IGrouping<string, DistanceReport> group in report.Distances.GroupBy(distance => distance.Features))
        {
            bool inception = group.Key == SetReader.InceptionFeatures;
            bool resNet18 = group.Key.StartsWith("resnet18/", StringComparison.Ordinal);
            string owner = resNet18 ? "ResNet18's features" : "judge's features";
            text.Append("\n## Distance to real images\n\n").Append(resNet18
                ? $"On the means of the maps at 1/{group.Key["resnet18/".Length..]} of an ImageNet ResNet18 that others trained. "
                    + "**This is not FID** and can't be compared with published figures. "
                : inception
                ? $"On the features of the Inception network that was given, preprocessing of {report.Settings.FidPreprocessing}: FID and KID "
                    + "where that network is FID's own (its checksum is below). "
                : "On the features of the judge. **This is not FID** and can't be compared with published figures. ");
            text.Append("The Fréchet distance falls with the number of images: compare rows of equal numbers, or a mean over textures alone with what is ")
                .Append("not translated; KID does not. ")
                .Append("KID is printed as it is, not times 100 or 1000.\n\n");
            string frechet = inception ? "FID" : $"Fréchet distance, {owner}, squared";
            Row(text, "", "images, against", frechet, "mean over textures alone", inception ? "KID" : $"kernel distance, {owner}",
                "by subsets (mean ± deviation, size)");
            Rule(text, 6);
            foreach (DistanceReport distance in group)
            {
                ReadingReport? reading = report.Readings.FirstOrDefault(reading => reading.Set == distance.Set);
                Row(text, $"**{distance.Set}**{(reading is null ? "" : $" ({reading.Meaning})")}",
                    $"{distance.Images}, {distance.ReferenceImages}", Text(distance.FrechetSquared),
                    distance.FrechetPerTexture is null ? "–" : Short(distance.FrechetPerTexture), Text(distance.Kernel),
                    $"{Short(distance.KernelSubsetMean)} ± {Short(distance.KernelSubsetDeviation)}, {distance.SubsetSize}");
            }
        }
        if (report.Distances.Count > 0)
            text.Append("\n![mIoU against distance](distance.png)\n");
    }

    private static void Stability(StringBuilder text, StabilityReport stability)
    {
        text.Append($"\n## Stability\n\n{stability.Video}: {stability.Frames} frames, motion {stability.Flow}, on average ")
            .Append($"{Number(stability.Compared * 100)} % of the pixels are seen in two frames and compared.\n\n");
        Row(text, "", "translated", "the source itself");
        Rule(text, 3);
        Row(text, "warping error (mean square, channels in [0, 1])", Short(stability.WarpingError), Short(stability.SourceWarpingError));
        if (stability is { WarpingError: { } own, SourceWarpingError: > 0 })
            Row(text, "the same, relative to the source's", Short(own / stability.SourceWarpingError), "1");
        Row(text, "alternation, 99th percentile (levels of 0..510)", Number(stability.AlternationP99), Number(stability.SourceAlternationP99));
        text.Append(stability.StaticDifference == 0 ? "\nA static scene translates to a static picture.\n"
            : $"\n**A static scene flickers: translations of one frame differ by up to {stability.StaticDifference} levels.**\n");
    }

    private static void Downstream(StringBuilder text, DownstreamReport downstream)
    {
        text.Append("\n## Downstream: segmenters trained on simulator frames\n\n")
            .Append($"{downstream.Architecture}, trained on {downstream.Structures.Images} frames of `{downstream.Structures.Path}`, raw and translated, with the same labels, schedule and seeds; each reads ")
            .Append($"{downstream.TestImages} real photographs, over the classes of {downstream.LabelSpace}. ")
            .Append("Means over the seeds ± standard deviation; the difference is taken seed by seed.\n\n");
        Row(text, "trained on", "seeds", "overall accuracy", "mean accuracy", "mIoU");
        Rule(text, 5);
        foreach ((string name, DownstreamFigures figures) in new[]
        {
            ("raw frames", downstream.Raw), ("translated frames", downstream.Translated),
            ("**translated less raw**", downstream.Difference),
        })
        {
            Row(text, name, Number(figures.MeanIoU?.Seeds), Seeded(figures.OverallAccuracy), Seeded(figures.MeanAccuracy),
                Seeded(figures.MeanIoU));
        }
        text.Append("\n![Downstream](downstream.png)\n\n");
        Row(text, "seed", "raw: overall accuracy", "mean accuracy", "mIoU", "translated: overall accuracy", "mean accuracy", "mIoU");
        Rule(text, 7);
        foreach ((DownstreamRun raw, DownstreamRun translated) in downstream.RawRuns.Zip(downstream.TranslatedRuns))
        {
            Row(text, $"{raw.Seed}", Short(raw.OverallAccuracy), Short(raw.MeanAccuracy), Short(raw.MeanIoU),
                Short(translated.OverallAccuracy), Short(translated.MeanAccuracy), Short(translated.MeanIoU));
        }
        text.Append($"\nTrained by `edgesim-train segmenter {string.Join(' ', downstream.Training)}`");
        if (downstream.Configuration is { } configuration)
            text.Append($" with this configuration:\n\n```json\n{configuration.TrimEnd()}\n```\n");
        else
            text.Append(".\n");
        text.Append($"\nSHA-256 of the training structures, in order: `{downstream.Structures.Sha256}`.\n");
    }

    private static void Confusion(StringBuilder text, EvaluationReport report)
    {
        ReadingReport reading = report.Readings[0];
        text.Append($"\n## Confusion, {reading.Set}\n\nPer cent of a true class's pixels (row) read as each class (column).\n\n");
        Row(text, ["", .. report.Classes, "none"]);
        Rule(text, report.Classes.Count + 2);
        for (int t = 0; t < report.Classes.Count; t++)
        {
            long total = reading.ConfusionMatrix[t].Sum();
            if (total > 0)
                Row(text, [$"**{report.Classes[t]}**", .. reading.ConfusionMatrix[t].Select(count => Number(Math.Round(100.0 * count / total)))]);
        }
    }

    private static void Origin(StringBuilder text, EvaluationReport report)
    {
        text.Append($"\n## How this was made\n\n```\n{report.Command}\n```\n\n");
        text.Append($"Model {report.Model.Name}, checksum {report.Model.Checksum}, at {report.Model.Width}x{report.Model.Height}, ")
            .Append(report.Settings.Noise ? "fixed noise on. " : "noise off. ").Append("Trained on: ")
            .AppendJoin("; ", report.Model.TrainingData.Select(Data)).Append(". Teachers: ")
            .Append(Ids(report.Model.Teachers)).Append(". Checkpoint chosen by: ").Append(Ids(report.Model.SelectedBy)).Append(".\n\n");
        text.Append($"Judge trained on: ").AppendJoin("; ", report.Judge.TrainingData.Select(Data)).Append(".\n\n");
        text.Append($"Settings: label space {report.Settings.LabelSpace}; {Number(report.Settings.Replicates)} bootstrap draws (a tenth ")
            .Append($"for distances), seed {report.Settings.Seed}; ")
            .Append(report.Settings.Limit == 0 ? "all structures" : $"at most {report.Settings.Limit} structures, spread evenly").Append(".\n\n");
        MarkdownText.Data(text, report.Data);
        text.Append($"\nEdgeSimToReal {report.Version}, {report.Machine.Runtime}, ONNX Runtime {report.Machine.OnnxRuntime}, ")
            .Append($"{report.Machine.Processor} ({report.Machine.LogicalCores} cores), {report.Machine.System}; ")
            .Append($"{Number(Math.Round(report.Seconds))} s, finished {report.Finished:yyyy-MM-dd HH:mm} UTC.\n");
    }

    private static string Ids(IReadOnlyList<string> ids) => ids.Count == 0 ? "none named" : string.Join(", ", ids);

    private static string Judge(JudgeFacts judge) => $"{judge.Architecture} (id {judge.Id ?? "unknown"}, classes of {judge.LabelSpace}, images enlarged by {Number(judge.Scale)}, "
        + $"own validation mIoU {(judge.ValidationMeanIoU is { } value ? Short(value) : "unknown")})";

    private static string Data(BundleTrainingData data) => $"{data.Name} ({data.Images} images, {data.Role}, {data.Licence})";

    private static string Data(SegmenterTrainingData data) => $"{data.Name} ({data.Images} images, {data.Licence ?? "licence unknown"})";

    private static string Text(Estimate estimate) => estimate.Value is null ? "–"
        : estimate.Low is null ? Short(estimate.Value) : $"{Short(estimate.Value)} ({Short(estimate.Low)} to {Short(estimate.High)})";
}
