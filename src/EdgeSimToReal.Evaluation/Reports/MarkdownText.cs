using System.Globalization;
using System.Text;
using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What the reports' Markdown is made of.</summary>
internal static class MarkdownText
{
    public static void Row(StringBuilder text, params IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    public static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, "---|", columns).Append('\n');

    /// <summary>Three decimals, or three digits where that shows nothing.</summary>
    public static string Short(double? value) => value is not { } number ? "–"
        : number.ToString(Math.Abs(number) < 0.01 && number != 0 ? "0.##e0" : "0.000", CultureInfo.InvariantCulture);

    public static string Number(double? value) => value?.ToString("0.#", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>Mean ± deviation.</summary>
    public static string Seeded(SeedFigure? figure) => figure is null ? Short(null)
        : figure.Deviation is null ? Short(figure.Mean) : $"{Short(figure.Mean)} ± {Short(figure.Deviation)}";

    /// <summary>A table of files with checksums.</summary>
    public static void Data(StringBuilder text, IReadOnlyList<DataFacts> data)
    {
        Row(text, "data", "images", "path", "SHA-256 of the contents, in order");
        Rule(text, 4);
        foreach (DataFacts facts in data)
            Row(text, facts.Role, Number(facts.Images), $"`{facts.Path}`", $"`{facts.Sha256}`");
    }
}
