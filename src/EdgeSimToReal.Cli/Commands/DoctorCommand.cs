using System.CommandLine;
using System.Text.Json;
using EdgeSimToReal.Cli.Doctor;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim doctor`: what this machine has and lacks, and the line that mends it.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("doctor",
            "Check this machine: libraries, processor, GPU, model, cache. Exit code 6 where something needed is missing.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            List<Finding> findings = [.. Checks.All()];
            if (parsed.GetValue(json))
                Terminal.Json(JsonSerializer.Serialize(findings, DoctorJson.Default.ListFinding) + "\n");
            else
                Show(findings);
            return (int)(findings.Any(finding => finding.Verdict == Verdict.Missing) ? ExitCode.Missing : ExitCode.Ok);
        });
        return command;
    }

    private static void Show(IEnumerable<Finding> findings)
    {
        Table table = new Table().AddColumns("", "check", "found", "to mend");
        foreach (Finding finding in findings)
        {
            string mark = finding.Verdict switch
            {
                Verdict.Good => "[green]ok[/]",
                Verdict.Optional => "[yellow]-[/]",
                _ => "[red]missing[/]",
            };
            table.AddRow(new Markup(mark), new Text(finding.Check), new Text(finding.Found), new Text(finding.Mend ?? ""));
        }
        Terminal.Results.Write(table);
    }
}
