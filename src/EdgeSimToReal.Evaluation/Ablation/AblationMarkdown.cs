using System.Globalization;
using System.Text;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Reports;
using static EdgeSimToReal.Evaluation.Reports.MarkdownText;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>An ablation's report for people, as Markdown.</summary>
public static class AblationMarkdown
{
    /// <summary>The report as Markdown text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(AblationReport report)
    {
        StringBuilder text = new();
        text.Append($"# {report.Title}\n\n");
        foreach (string warning in report.Warnings)
            text.Append($"> **{warning}**\n\n");
        text.Append(Table(report));
        text.Append("\n![mIoU by variant](miou.png)\n");
        foreach (AblationFigure figure in report.Figures)
            text.Append($"\n![{figure.Caption}]({figure.File})\n\n{figure.Caption}\n");
        Runs(text, report);
        Origin(text, report);
        return text.ToString();
    }

    /// <summary>
    /// The table in the form of the LC-SAE report's table 4.3, its figures beside ours, the best of each of our columns in bold.
    /// </summary>
    /// <param name="report">The report.</param>
    public static string Table(AblationReport report)
    {
        StringBuilder text = new();
        Row(text, "variant", "λ_out", "λ_in", "seeds", "Overall Acc", "Mean acc", "mIoU", report.DistanceName, "paper: Overall Acc", "Mean acc",
            "mIoU", "FID");
        Rule(text, 12);
        double? accuracy = Best(report, variant => variant.OverallAccuracy), mean = Best(report, variant => variant.MeanAccuracy);
        double? iou = Best(report, variant => variant.MeanIoU), least = report.Variants.Min(variant => variant.Distance?.Mean);
        foreach (AblationVariant variant in report.Variants)
        {
            PaperRow? paper = variant.Paper;
            Row(text, variant.Name, Weight(variant.Outer), Weight(variant.Inner), Seeds(variant), Cell(variant.OverallAccuracy, accuracy),
                Cell(variant.MeanAccuracy, mean), Cell(variant.MeanIoU, iou), Cell(variant.Distance, least), Short(paper?.OverallAccuracy),
                Short(paper?.MeanAccuracy), Short(paper?.MeanIoU),
                paper?.Fid.ToString("0.00", CultureInfo.InvariantCulture) ?? Short(null));
        }
        foreach (ReadingReport reading in report.References)
        {
            Row(text, $"*{reading.Set}* ({reading.Meaning})", "", "", "", Short(reading.OverallAccuracy.Value),
                Short(reading.MeanAccuracy.Value), Short(reading.MeanIoU.Value), "", "", "", "", "");
        }
        text.Append("\nMeans over the seeds ± standard deviation. The paper's figures are its table 4.3: 16 classes of CARLA and ")
            .Append("Cityscapes, read by its own DeepLabV3+ with ResNet50. Compare differences between rows, not ours with theirs, unless data, ")
            .Append("classes and judge are the same.");
        if (!report.HasFid)
        {
            text.Append($" Our distances are on the features of {(report.Features == "judge" ? "the judge" : report.Features)}: ")
                .Append("**this is not FID**.");
        }
        return text.Append('\n').ToString();
    }

    private static void Runs(StringBuilder text, AblationReport report)
    {
        text.Append("\n## Runs\n\n");
        Row(text, "variant", "seed", "Overall Acc", "Mean acc", "mIoU", "distance", "model", "folder");
        Rule(text, 8);
        foreach (AblationVariant variant in report.Variants)
        {
            foreach (AblationRun run in variant.Runs)
            {
                Row(text, variant.Name, run.Seed.ToString(CultureInfo.InvariantCulture), Short(run.OverallAccuracy),
                    Short(run.MeanAccuracy), Short(run.MeanIoU), Short(run.Distance),
                    run.Checksum is { } checksum ? $"`{checksum}`" : run.Divergence ?? Short(null), $"`{run.Folder}`");
            }
        }
        text.Append("\nEach folder's `report/report.md` has the intervals, classes and confusions.\n");
    }

    private static void Origin(StringBuilder text, AblationReport report)
    {
        text.Append($"\n## How this was made\n\n```\n{report.Command}\n```\n\nThe plan:\n\n```json\n{report.Plan.TrimEnd()}\n```\n");
        if (report.Configuration is { } configuration)
            text.Append($"\nThe trainer's configuration:\n\n```json\n{configuration.TrimEnd()}\n```\n");
        text.Append('\n');
        foreach (AblationVariant variant in report.Variants)
        {
            text.Append($"- {variant.Name}: preset {variant.Preset}").Append(variant.Settings.Count > 0 ? ", " : "")
                .AppendJoin(", ", variant.Settings.Select(setting => $"`{setting}`")).Append('\n');
        }
        if (report is { Judge: { } judge, Settings: { } settings })
        {
            text.Append($"\nJudge: {judge.Architecture}, id {judge.Id ?? "unknown"}, classes of {judge.LabelSpace}, own validation mIoU ")
                .Append($"{Short(judge.ValidationMeanIoU)}. Label space {settings.LabelSpace}, fixed noise ")
                .Append(settings.Noise ? "on, " : "off, ").Append(settings.Limit == 0 ? "all structures" : $"at most {settings.Limit} structures, spread evenly").Append(".\n\n");
            Data(text, report.Data);
        }
        text.Append($"\nEdgeSimToReal {report.Version}, {report.Machine.Runtime}, ONNX Runtime {report.Machine.OnnxRuntime}, ")
            .Append($"{report.Machine.Processor} ({report.Machine.LogicalCores} cores), {report.Machine.System}; ")
            .Append($"finished {report.Finished:yyyy-MM-dd HH:mm} UTC.\n");
    }

    private static double? Best(AblationReport report, Func<AblationVariant, SeedFigure?> figure) =>
        report.Variants.Max(variant => figure(variant)?.Mean);

    private static string Weight(double? value) => value?.ToString("0.0##", CultureInfo.InvariantCulture) ?? Short(null);

    private static string Seeds(AblationVariant variant)
    {
        int diverged = variant.Runs.Count(run => run.Divergence is not null);
        return diverged == 0 ? $"{variant.Runs.Count}" : $"{variant.Runs.Count}, {diverged} diverged";
    }

    private static string Cell(SeedFigure? figure, double? best)
    {
        string text = Seeded(figure);
        return figure is not null && figure.Mean == best ? $"**{text}**" : text;
    }
}
