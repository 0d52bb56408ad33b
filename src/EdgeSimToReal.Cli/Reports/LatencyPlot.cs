using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Reports;
using ScottPlot;

namespace EdgeSimToReal.Cli.Reports;

/// <summary>A plot of every stage's distribution: latency over percentile.</summary>
public static class LatencyPlot
{
    private static readonly double[] Percentiles = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100];

    public static void Write(string path, LatencyRecorder recorder, LatencyReport report)
    {
        using Plot plot = new();
        double[] positions = [.. Percentiles.Select((_, i) => (double)i)];
        foreach (LatencyStage stage in Enum.GetValues<LatencyStage>())
        {
            LatencyHistogram histogram = recorder[stage];
            if (histogram.Count == 0)
                continue;
            double[] values = [.. Percentiles.Select(p => Math.Log10(Math.Max(histogram.Percentile(p), 1000) / 1e6))];
            plot.Add.Scatter(positions, values).LegendText = LatencyReport.Name(stage);
        }
        plot.Axes.Bottom.SetTicks(positions, [.. Percentiles.Select(p => p switch { 0 => "min", 100 => "max", _ => $"p{p}" })]);
        double[] decades = [-3, -2, -1, 0, 1, 2, 3, 4];
        plot.Axes.Left.SetTicks(decades, [.. decades.Select(d => $"{Math.Pow(10, d)} ms")]);
        plot.Title($"Latency of {report.Frames} frames, {report.Model}", 14);
        plot.ShowLegend(Alignment.UpperLeft);
        byte[] png = plot.GetImageBytes(1000, 600, ImageFormat.Png);
        AtomicFile.Write(path, stream => stream.Write(png));
    }
}
