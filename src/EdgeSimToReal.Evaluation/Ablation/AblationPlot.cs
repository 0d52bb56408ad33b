using EdgeSimToReal.Evaluation.Reports;
using ScottPlot;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>An ablation's plot.</summary>
public static class AblationPlot
{
    private const int Width = 1000;
    private const int Height = 600;
    private const double BarWidth = 0.35;

    /// <summary>mIoU of each variant with its deviation over the seeds, the paper's beside it, floor and ceiling as lines.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A PNG file's content.</returns>
    public static byte[] MeanIoU(AblationReport report)
    {
        using Plot plot = new();
        List<Bar> ours = [], paper = [];
        for (int i = 0; i < report.Variants.Count; i++)
        {
            AblationVariant variant = report.Variants[i];
            if (variant.MeanIoU is { } figure)
                ours.Add(MakeBar(i - (BarWidth / 2), figure.Mean, figure.Deviation ?? 0, plot.Add.Palette.GetColor(0)));
            if (variant.Paper is { } row)
                paper.Add(MakeBar(i + (BarWidth / 2), row.MeanIoU, 0, plot.Add.Palette.GetColor(1)));
        }
        if (ours.Count > 0)
            plot.Add.Bars(ours).LegendText = "ours, ± deviation over the seeds";
        if (paper.Count > 0)
            plot.Add.Bars(paper).LegendText = "the paper's table 4.3";
        int colour = 2;
        foreach (ReadingReport reading in report.References.Where(reading => reading.MeanIoU.Value is not null))
        {
            var line = plot.Add.HorizontalLine(reading.MeanIoU.Value!.Value, 1.5f, plot.Add.Palette.GetColor(colour++), LinePattern.Dashed);
            line.LegendText = reading.Set;
        }
        plot.Axes.Bottom.SetTicks([.. report.Variants.Select((_, i) => (double)i)], [.. report.Variants.Select(variant => variant.Name)]);
        plot.Axes.SetLimits(-0.6, report.Variants.Count - 0.4, 0, 1);
        plot.YLabel("mIoU");
        plot.Title(report.Title, 14);
        plot.ShowLegend(Alignment.UpperRight);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    private static Bar MakeBar(double position, double value, double error, Color colour) =>
        new() { Position = position, Value = value, Error = error, Size = BarWidth, FillColor = colour };
}
