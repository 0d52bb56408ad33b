using EdgeSimToReal.Core;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Writes a report's files: plots and Markdown first, report.json last, so that a folder with one is complete.</summary>
public static class ReportFolder
{
    /// <summary>The report's data.</summary>
    public const string JsonName = "report.json";

    /// <summary>The report for people.</summary>
    public const string MarkdownName = "report.md";

    /// <summary>Writes iou.png, distance.png, downstream.png, report.md and report.json.</summary>
    /// <param name="folder">The folder to create or to write over.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="EdgeSimException">A file can't be written.</exception>
    public static void Write(string folder, EvaluationReport report)
    {
        byte[] iou = EvaluationPlots.ClassIoU(report);
        AtomicFile.Write(Path.Combine(folder, "iou.png"), stream => stream.Write(iou));
        if (EvaluationPlots.Distance(report) is { } distance)
            AtomicFile.Write(Path.Combine(folder, "distance.png"), stream => stream.Write(distance));
        if (report.Downstream is { } downstream)
        {
            byte[] plot = EvaluationPlots.Downstream(downstream);
            AtomicFile.Write(Path.Combine(folder, "downstream.png"), stream => stream.Write(plot));
        }
        AtomicFile.WriteText(Path.Combine(folder, MarkdownName), EvaluationMarkdown.Write(report));
        AtomicFile.WriteText(Path.Combine(folder, JsonName), EvaluationReportJson.Write(report));
    }
}
