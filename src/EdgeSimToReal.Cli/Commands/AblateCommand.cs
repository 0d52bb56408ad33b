using System.CommandLine;
using System.Globalization;
using EdgeSimToReal.Cli.Ablating;
using EdgeSimToReal.Cli.Training;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Ablation;
using EdgeSimToReal.Evaluation.Metrics;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Runtime.Baking;
using Spectre.Console;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim ablate`: a plan of variants and seeds → trainings, evaluations, one table in the form of the paper's.</summary>
public static class AblateCommand
{
    public static Command Create()
    {
        Argument<string> plan = new("plan") { Description = "The plan, a JSON file; the README has one." };
        Option<string> output = new("--output", "-o")
        {
            Description = "Folder of runs and report, to create or to go on in.",
            Required = true,
        };
        Option<bool> dryRun = new("--dry-run") { Description = "Check the plan and print its runs; train nothing." };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> noCache = CommonOptions.NoCache();
        Option<bool> json = CommonOptions.Json();
        Command command = new("ablate", "Train and evaluate a grid of settings, resumable, and put all into one table.")
        {
            plan, output, dryRun, threads, noCache, json,
        };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(output)!;
            Ablation ablation = new(AblationPlan.Read(parsed.GetValue(plan)!), folder, parsed.GetValue(threads),
                parsed.GetValue(noCache) ? null : StyleBaker.DefaultCacheFolder,
                string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("edgesim")));
            using Interruption interruption = new();
            try
            {
                ablation.Check(interruption.Token);
                if (parsed.GetValue(dryRun))
                {
                    Tell(ablation);
                    return (int)ExitCode.Ok;
                }
                AblationReport report = ablation.Run(interruption.Token);
                foreach (string warning in report.Warnings)
                    Terminal.Warning(warning);
                if (parsed.GetValue(json))
                    Terminal.Json(AblationReportJson.Write(report));
                else
                    Show(report);
                Terminal.Note($"Look at {Path.Combine(folder, ReportFolder.MarkdownName)}.");
                bool diverged = report.Variants.Any(variant => variant.Runs.Any(run => run.Divergence is not null));
                return (int)(diverged ? ExitCode.Diverged : ExitCode.Ok);
            }
            catch (OperationCanceledException)
            {
                Terminal.Note($"Interrupted; what was done is kept in {folder}. The same command goes on.");
                return (int)ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static void Tell(Ablation ablation)
    {
        Table table = new Table().AddColumns("variant", "seed", "preset", "settings", "paper's row", "state", "folder");
        foreach (VariantRun run in ablation.Runs)
        {
            table.AddRow(new[]
            {
                run.Variant.Name, run.Seed.ToString(CultureInfo.InvariantCulture), run.Variant.Preset,
                string.Join(' ', run.Variant.Settings), Row(run.Variant.Paper), State(run.Training.State), run.Training.Folder,
            }.Select(Markup.Escape).ToArray());
        }
        Terminal.Results.Write(table);
    }

    private static string Row(PaperRow? row) => row is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{row.Outer}, {row.Inner}");

    private static string State(TrainerRunState state) => state switch
    {
        TrainerRunState.New => "to do",
        TrainerRunState.Cut => "to go on with",
        TrainerRunState.Done => "trained",
        _ => "diverged",
    };

    private static void Show(AblationReport report)
    {
        Table table = new Table().AddColumns("variant", "λ_out", "λ_in", "overall accuracy", "mean accuracy", "mIoU",
            report.DistanceName, "paper's mIoU");
        foreach (AblationVariant variant in report.Variants)
        {
            table.AddRow(new[]
            {
                variant.Name, Number(variant.Outer), Number(variant.Inner), Text(variant.OverallAccuracy), Text(variant.MeanAccuracy),
                Text(variant.MeanIoU), Text(variant.Distance), Number(variant.Paper?.MeanIoU),
            }.Select(Markup.Escape).ToArray());
        }
        Terminal.People.Write(table);

        static string Number(double? value) => value?.ToString("0.0##", CultureInfo.InvariantCulture) ?? "";

        static string Text(SeedFigure? figure) => figure is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $"{figure.Mean:0.000}{(figure.Deviation is { } deviation ? $" ± {deviation:0.000}" : "")}");
    }
}
