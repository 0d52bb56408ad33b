using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Metrics;
using ScottPlot;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>An evaluation report's plots.</summary>
public static class EvaluationPlots
{
    private const int Width = 1000;
    private const int Height = 600;

    /// <summary>IoU of every class in every set, with intervals.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A PNG file's content.</returns>
    public static byte[] ClassIoU(EvaluationReport report)
    {
        using Plot plot = new();
        int sets = report.Readings.Count;
        double width = 0.8 / sets;
        for (int s = 0; s < sets; s++)
        {
            List<Bar> bars = [];
            for (int c = 0; c < report.Classes.Count; c++)
            {
                if (report.Readings[s].ClassIoU[c] is { Value: { } value } estimate)
                {
                    bars.Add(new Bar
                    {
                        Position = c + ((s - ((sets - 1) / 2.0)) * width),
                        Value = value,
                        Error = ((estimate.High - estimate.Low) / 2) ?? 0,
                        Size = width,
                        FillColor = plot.Add.Palette.GetColor(s),
                    });
                }
            }
            plot.Add.Bars(bars).LegendText = report.Readings[s].Set;
        }
        double[] positions = [.. report.Classes.Select((_, i) => (double)i)];
        plot.Axes.Bottom.SetTicks(positions, [.. report.Classes]);
        plot.Axes.SetLimitsY(0, 1);
        plot.YLabel("IoU");
        plot.Title($"{report.Model.Name}, read by {report.Judge.Architecture}", 14);
        plot.ShowLegend(Alignment.UpperRight);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    /// <summary>mIoU of each set over its distance to real images: the better, the further up and left.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A PNG file's content; null for a report without distances.</returns>
    public static byte[]? Distance(EvaluationReport report)
    {
        // FID where there is one, else the judge's features.
        string? kind = DistanceReport.StandardFeatures(report.Distances);
        if (kind is null)
            return null;
        using Plot plot = new();
        foreach (DistanceReport distance in report.Distances.Where(distance => distance.Features == kind))
        {
            // Other real images stand for real ones as the judge reads them.
            ReadingReport reading = report.Readings.FirstOrDefault(reading => reading.Set == distance.Set) ?? report.Readings[^1];
            if (distance.FrechetSquared is not { Value: { } x } across || reading.MeanIoU is not { Value: { } y } up)
                continue;
            Color colour = plot.Add.Palette.GetColor(report.Readings.ToList().IndexOf(reading)); // as in the other plot
            var marker = plot.Add.Scatter(new double[] { x }, new double[] { y }, colour);
            marker.MarkerSize = 12;
            marker.LegendText = distance.Set == reading.Set ? reading.Set : $"{reading.Set} (distance: {distance.Set})";
            Whiskers(plot, x, y, across, up, colour);
        }
        plot.XLabel(kind == SetReader.InceptionFeatures ? "FID"
            : $"squared Fréchet distance on {(kind == SetReader.JudgeFeatures ? "the judge's" : kind)} features (not FID)");
        plot.YLabel("mIoU");
        plot.Title($"{report.Model.Name}: labels kept against realism", 14);
        plot.ShowLegend(Alignment.LowerLeft);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    /// <summary>mIoU on real photographs after training on raw and on translated frames: a point a seed, a bar for the mean.</summary>
    /// <param name="downstream">The figures.</param>
    /// <returns>A PNG file's content.</returns>
    public static byte[] Downstream(DownstreamReport downstream)
    {
        using Plot plot = new();
        IReadOnlyList<DownstreamRun>[] sides = [downstream.RawRuns, downstream.TranslatedRuns];
        DownstreamFigures[] figures = [downstream.Raw, downstream.Translated];
        for (int i = 0; i < sides.Length; i++)
        {
            plot.Add.Bar(new Bar
            {
                Position = i,
                Value = figures[i].MeanIoU?.Mean ?? 0,
                Error = figures[i].MeanIoU?.Deviation ?? 0,
                Size = 0.5,
                FillColor = plot.Add.Palette.GetColor(i),
            });
            plot.Add.ScatterPoints(sides[i].Select(_ => i + 0.15).ToArray(), sides[i].Select(run => run.MeanIoU).ToArray(), Colors.Black);
        }
        plot.Axes.Bottom.SetTicks([0, 1], ["raw frames", "translated frames"]);
        plot.Axes.SetLimits(-0.6, 1.6, 0, 1);
        plot.YLabel("mIoU on real photographs");
        plot.Title($"{downstream.Architecture} trained on simulator frames, {sides[0].Count} seeds", 14);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    private static void Whiskers(Plot plot, double x, double y, Estimate across, Estimate up, Color colour)
    {
        if (across is { Low: { } left, High: { } right })
            plot.Add.Line(left, y, right, y).Color = colour;
        if (up is { Low: { } bottom, High: { } top })
            plot.Add.Line(x, bottom, x, top).Color = colour;
    }
}
