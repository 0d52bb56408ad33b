using EdgeSimToReal.Core;
using ScottPlot;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>A guard test's curves.</summary>
public static class GuardTestPlot
{
    /// <summary>Draws share found over share of false alarms.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="EdgeSimException">It can't be written.</exception>
    public static void Write(string path, GuardTestReport report)
    {
        using Plot plot = new();
        foreach (GuardTestCase test in report.Cases)
        {
            double[] across = [.. test.Curve.Select(point => point.FalseAlarms)], up = [.. test.Curve.Select(point => point.Found)];
            var line = plot.Add.ScatterLine(across, up);
            line.LineWidth = 2;
            line.LegendText = FormattableString.Invariant($"{test.Name}: {test.Area:F3}");
        }
        plot.Add.Line(0, 0, 1, 1).Color = Colors.LightGray;
        plot.Axes.SetLimits(-0.01, 1.01, -0.01, 1.01);
        plot.XLabel("good frames that fail");
        plot.YLabel("bad frames that are found");
        plot.Title($"{report.Model}: label guard on {report.Frames} frames, area under the curve", 14);
        plot.ShowLegend(Alignment.LowerRight);
        byte[] png = plot.GetImageBytes(800, 700, ImageFormat.Png);
        AtomicFile.Write(path, stream => stream.Write(png));
    }
}
