using System.Globalization;
using System.Text;
using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Reports;
using ScottPlot;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What a finished training run tells people: learning curves as PNG, the best validation and its origin as Markdown.</summary>
public sealed record TrainingReport
{
    private const int Width = 1000;
    private const int Height = 500;

    /// <summary>What was trained.</summary>
    public required string Title { get; init; }

    /// <summary>The command that made it.</summary>
    public required string Command { get; init; }

    /// <summary>The images, each set with a checksum.</summary>
    public required IReadOnlyList<DataFacts> Data { get; init; }

    /// <summary>By what it was computed: convolution library and threads, one line; null: not recorded.</summary>
    public string? Computing { get; init; }

    /// <summary>The figures.</summary>
    public required TrainingCurves Curves { get; init; }

    /// <summary>Writes losses.png, validation.png (where there was any) and report.md.</summary>
    /// <param name="folder">The run's folder, which has config.json and metrics.jsonl.</param>
    /// <exception cref="EdgeSimException">A file can't be written.</exception>
    public void Write(string folder)
    {
        string[] losses = [.. Curves.Names.Where(name => name.StartsWith("loss/", StringComparison.Ordinal)
            || name.StartsWith("g/", StringComparison.Ordinal) || name.StartsWith("d/", StringComparison.Ordinal))];
        string[] judged = [.. Curves.Names.Where(name => name.StartsWith(TrainingCurves.Validation, StringComparison.Ordinal)
            && !name.StartsWith(TrainingCurves.ClassIoU, StringComparison.Ordinal))];
        bool hasLosses = Plot(folder, "losses.png", losses, "loss"), hasValidation = Plot(folder, "validation.png", judged, "validation");
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Training of {Title}\n\n");
        if (Curves.Best() is { } best)
            Best(text, best.Step, best.Figures);
        if (hasValidation)
            text.Append("![Validation over steps](validation.png)\n\n");
        if (hasLosses)
            text.Append("![Losses over steps](losses.png)\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## How this was made\n\n```\n{Command}\n```\n\n")
            .Append("Configuration: `config.json`; all figures: `metrics.jsonl`.\n\n")
            .Append("| data | images | path | SHA-256 of the contents, in order |\n|---|---|---|---|\n");
        foreach (DataFacts data in Data)
            text.Append(CultureInfo.InvariantCulture, $"| {data.Role} | {data.Images} | `{data.Path}` | `{data.Sha256}` |\n");
        MachineInfo machine = MachineInfo.Current;
        text.Append(CultureInfo.InvariantCulture, $"\nEdgeSimToReal {typeof(TrainingReport).Assembly.GetName().Version!.ToString(3)}, ")
            .Append(CultureInfo.InvariantCulture, $"{machine.Runtime}, {machine.Processor} ({machine.LogicalCores} cores), {machine.System}.\n");
        if (Computing is not null)
            text.Append(CultureInfo.InvariantCulture, $"\nComputed by: {Computing}.\n");
        AtomicFile.WriteText(Path.Combine(folder, ReportFolder.MarkdownName), text.ToString());
    }

    private static void Best(StringBuilder text, long step, IReadOnlyDictionary<string, double> figures)
    {
        text.Append(CultureInfo.InvariantCulture, $"Best validation, at step {step}, whose weights are exported:\n\n| figure | value |\n|---|---|\n");
        foreach ((string name, double value) in figures)
            text.Append(CultureInfo.InvariantCulture, $"| {name[TrainingCurves.Validation.Length..]} | {value:0.0000} |\n");
        text.Append('\n');
    }

    private bool Plot(string folder, string file, IReadOnlyList<string> names, string label)
    {
        if (names.Count == 0)
            return false;
        using Plot plot = new();
        foreach (string name in names)
        {
            IReadOnlyList<(long Step, double Value)> curve = Curves[name];
            var line = plot.Add.ScatterLine(curve.Select(point => (double)point.Step).ToArray(), curve.Select(point => point.Value).ToArray());
            line.LegendText = name;
        }
        plot.XLabel("step");
        plot.YLabel(label);
        plot.Title(Title, 14);
        // Beside the plot: curves end where a legend within it would lie.
        plot.ShowLegend(Edge.Right);
        byte[] png = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        AtomicFile.Write(Path.Combine(folder, file), stream => stream.Write(png));
        return true;
    }
}
