using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Reports;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>Writes an ablation's report; the figures are there already.</summary>
public static class AblationFolder
{
    /// <summary>Writes miou.png, report.md and, last, report.json.</summary>
    /// <param name="folder">The folder to create or to write over.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="EdgeSimException">A file can't be written.</exception>
    public static void Write(string folder, AblationReport report)
    {
        byte[] plot = AblationPlot.MeanIoU(report);
        AtomicFile.Write(Path.Combine(folder, "miou.png"), stream => stream.Write(plot));
        AtomicFile.WriteText(Path.Combine(folder, ReportFolder.MarkdownName), AblationMarkdown.Write(report));
        AtomicFile.WriteText(Path.Combine(folder, ReportFolder.JsonName), AblationReportJson.Write(report));
    }
}
