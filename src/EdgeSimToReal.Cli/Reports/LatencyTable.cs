using System.Globalization;
using EdgeSimToReal.Runtime.Reports;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Reports;

/// <summary>A latency report as a table for a terminal.</summary>
public static class LatencyTable
{
    public static Table Create(LatencyReport report)
    {
        Table table = new Table().AddColumns("stage (ms)", "p50", "p90", "p99", "p99.9", "max");
        foreach ((string name, StageReport stage) in report.StagesMilliseconds)
        {
            if (stage.NotObservable is { } reason)
                table.AddRow(new Text(name), new Text($"not observable: {reason}"));
            else
                table.AddRow(name, Text(stage.P50), Text(stage.P90), Text(stage.P99), Text(stage.P999), Text(stage.Max));
        }
        return table;

        static string Text(double? value) => value?.ToString("F2", CultureInfo.InvariantCulture) ?? "";
    }
}
