using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.Cli.Training;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Evaluation;
using EdgeSimToReal.Evaluation.Ablation;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>Works off a plan: trains and evaluates each variant with each seed, and reports them together.</summary>
/// <remarks>
/// What is done stays: a training is gone on with from its checkpoint, a finished one is not repeated, nor is an evaluation unless the
/// plan changed how it is made. A training that diverged is a result too; delete its folder to try again.
/// </remarks>
public sealed class Ablation
{
    private const int StandardFrames = 3;

    private readonly AblationPlan _plan;
    private readonly string _folder;
    private readonly int _threads;
    private readonly string? _cacheFolder;
    private readonly string _command;

    /// <summary>Lays out the runs; nothing is written.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">Where runs and report go.</param>
    /// <param name="threads">Threads of the networks in evaluations; 0: one a core.</param>
    /// <param name="cacheFolder">Where baked graphs are kept; null: no cache.</param>
    /// <param name="command">The command, for the report.</param>
    public Ablation(AblationPlan plan, string folder, int threads, string? cacheFolder, string command)
    {
        (_plan, _folder, _threads, _cacheFolder, _command) = (plan, folder, threads, cacheFolder, command);
        Runs = [.. plan.Expand().SelectMany(variant => plan.Seeds.Select(seed => VariantRun.Create(folder, plan, variant, seed)))];
    }

    /// <summary>All runs, variant by variant.</summary>
    public IReadOnlyList<VariantRun> Runs { get; }

    /// <summary>
    /// Checks everything before anything is trained: that folders hold no other runs, the evaluation's files, and, by the trainer itself,
    /// each variant's settings and data.
    /// </summary>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="EdgeSimException">Something is wrong.</exception>
    /// <exception cref="OperationCanceledException">The check was interrupted.</exception>
    public void Check(CancellationToken cancellation)
    {
        foreach (VariantRun run in Runs)
            run.Training.RequireSameSettings();
        string? judge = _plan.Evaluation.CheckFiles();
        foreach (VariantRun run in Runs.DistinctBy(run => run.Variant.Name).Where(run => run.Training.State == TrainerRunState.New))
            CheckTeachers(run, run.Training.Check(cancellation), judge);
    }

    /// <summary>Does what is left to do, and writes the report.</summary>
    /// <param name="cancellation">Ends the work; a training saves first.</param>
    /// <exception cref="EdgeSimException">A training or an evaluation failed.</exception>
    /// <exception cref="OperationCanceledException">The work was interrupted; a further call goes on with it.</exception>
    public AblationReport Run(CancellationToken cancellation)
    {
        List<(VariantRun Run, EvaluationReport? Report)> done = [];
        foreach (VariantRun run in Runs)
        {
            string name = $"[{done.Count + 1}/{Runs.Count}] {run.Variant.Name}, seed {run.Seed}";
            done.Add((run, Train(run, name, cancellation) ? Evaluate(run, name, cancellation) : null));
        }
        AblationVariant[] variants = [.. done.GroupBy(one => one.Run.Variant.Name).Select(SumUp)];
        EvaluationReport[] reports = [.. done.Select(one => one.Report).OfType<EvaluationReport>()];
        EvaluationReport? first = reports.FirstOrDefault();
        AblationReport report = new()
        {
            Title = _plan.Title,
            Command = _command,
            Version = typeof(Ablation).Assembly.GetName().Version!.ToString(3),
            Machine = MachineInfo.Current,
            Finished = DateTime.UtcNow,
            Warnings = Warnings(done, reports),
            Plan = _plan.Text,
            Configuration = _plan.Config is { } config ? File.ReadAllText(config) : null,
            Judge = first?.Judge,
            Settings = first?.Settings,
            Data = first?.Data ?? [],
            References = [.. (first?.Readings ?? []).Where(reading => reading.Set != AblationRun.Translated)],
            Variants = variants,
            Figures = first is null ? [] : DrawFigures(variants, cancellation),
        };
        AblationFolder.Write(_folder, report);
        return report;
    }

    private static bool Train(VariantRun run, string name, CancellationToken cancellation)
    {
        TrainerRun training = run.Training;
        string what = training.State switch
        {
            TrainerRunState.Done => "trained already",
            TrainerRunState.Diverged => "diverged before",
            TrainerRunState.Cut => "going on with its training",
            _ => "training",
        };
        Terminal.Note($"{name}: {what} ({training.Folder})");
        bool trained = training.Train(line => Terminal.Note($"  {line}"), cancellation);
        if (!trained)
            Terminal.Warning($"{name}: {training.Divergence}");
        return trained;
    }

    private EvaluationReport Evaluate(VariantRun run, string name, CancellationToken cancellation)
    {
        ModelBundle bundle = ModelBundle.Load(run.Training.Weights);
        string key = $"{bundle.Checksum}\n{JsonSerializer.Serialize(_plan.Evaluation)}\n";
        string path = Path.Combine(run.Report, ReportFolder.JsonName);
        if (File.Exists(run.EvaluationKey) && File.ReadAllText(run.EvaluationKey) == key && File.Exists(path))
            return EvaluationReportJson.Read(path);
        Terminal.Note($"{name}: evaluating");
        File.Delete(run.EvaluationKey);
        Evaluator evaluator = new(_plan.Evaluation.For(bundle, _threads, _cacheFolder, _command));
        EvaluationReport report;
        using (new ProgressLine(() => evaluator.Done, () => evaluator.Total))
            report = evaluator.Run(cancellation);
        ReportFolder.Write(run.Report, report);
        AtomicFile.WriteText(run.EvaluationKey, key);
        return report;
    }

    private AblationVariant SumUp(IGrouping<string, (VariantRun Run, EvaluationReport? Report)> runs)
    {
        GridVariant variant = runs.First().Run.Variant;
        return AblationVariant.Of(variant.Name, variant.Preset, variant.Settings, Weights(runs.First().Run.Training.Configuration),
            variant.Paper, [.. runs.Select(one => one.Report is { } report ? AblationRun.Of(one.Run.Seed, Relative(one.Run), report)
                : new AblationRun(one.Run.Seed, Relative(one.Run), one.Run.Training.Divergence))]);
    }

    private string Relative(VariantRun run) => Path.GetRelativePath(_folder, run.Training.Folder);

    /// <summary>λ_out and λ_in as they acted, from a run's resolved configuration.</summary>
    private static (double Outer, double Inner)? Weights(string path)
    {
        if (!File.Exists(path))
            return null;
        JsonNode root = JsonNode.Parse(File.ReadAllText(path))!;
        bool acted = root["mode"]!.GetValue<string>() == "lcsae";
        return acted ? (root["weights"]!["outer"]!.GetValue<double>(), root["weights"]!["inner"]!.GetValue<double>()) : (0, 0);
    }

    private static List<string> Warnings(List<(VariantRun Run, EvaluationReport? Report)> done, EvaluationReport[] reports)
    {
        List<string> warnings = [.. done.Where(one => one.Report is null).Select(one =>
            $"Variant {one.Run.Variant.Name}, seed {one.Run.Seed}, has no figures: {one.Run.Training.Divergence}")];
        warnings.AddRange(reports.SelectMany(report => report.Warnings).Distinct());
        if (reports.Any(report => !report.Data.SequenceEqual(reports[0].Data)))
        {
            warnings.Add("The variants were not all evaluated on the same data (see the checksums in their own reports): "
                + "delete the report folders of the older ones and run the command again.");
        }
        return warnings;
    }

    // A generator that learns to please its judge proves nothing; better told before hours of training than after.
    private void CheckTeachers(VariantRun run, string configuration, string? judge)
    {
        if (judge is null || _plan.Evaluation.AllowTeacher)
            return;
        foreach (JsonNode? teacher in JsonNode.Parse(configuration)?["outer"]?["segmenters"]?.AsArray() ?? [])
        {
            // A bare path, or an object with one.
            string path = ((teacher as JsonObject)?["path"] ?? teacher)!.GetValue<string>();
            string id = path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? NetworkIdentity.Read(path)
                : WeightsIdentity.Of(WeightsFile.Read(path).Tensors);
            if (id == judge)
            {
                throw new EdgeSimException($"The judge '{_plan.Evaluation.Judge}' ({judge}) would take part in the training of variant "
                    + $"'{run.Variant.Name}'.",
                    "Take another judge, or set allowTeacher in the plan's evaluation to have the report say so.");
            }
        }
    }

    private List<AblationFigure> DrawFigures(AblationVariant[] variants, CancellationToken cancellation)
    {
        List<AblationFigure> figures = [];
        IReadOnlyList<PlanFigure> wanted = _plan.Figures.Count > 0 ? _plan.Figures : StandardFigure(variants);
        if (wanted.Count == 0)
            return figures;
        using Judge judge = _plan.Evaluation.OpenJudge(_threads);
        foreach (PlanFigure figure in wanted)
        {
            using TextureTranslators? baseline = Translators(figure.Baseline), ours = Translators(figure.Ours);
            if (baseline is null || ours is null)
                continue;
            ComparisonFigure picture = new(judge);
            using ImageFolderSource structures = _plan.Evaluation.OpenStructures();
            HashSet<int> frames = [.. Frames(figure, (int)structures.FrameCount!)];
            for (int i = 0; i <= frames.Max() && structures.Take(cancellation) is { } frame; i++)
            {
                if (frames.Contains(i))
                    picture.Add(frame, baseline[0], ours[0]);
                structures.Return(frame);
            }
            cancellation.ThrowIfCancellationRequested();
            string file = $"{figure.Name}.png";
            picture.Write(Path.Combine(_folder, file), figure.Baseline, figure.Ours);
            figures.Add(new AblationFigure(file, $"{figure.Name}, from top to bottom: source, {figure.Baseline}, {figure.Ours}, "
                + $"ground truth, judge on {figure.Baseline}, judge on {figure.Ours}; texture {ours.Names[0]}, seed {_plan.Seeds[0]}."));
        }
        return figures;
    }

    private static IReadOnlyList<PlanFigure> StandardFigure(AblationVariant[] variants)
    {
        AblationVariant baseline = variants.FirstOrDefault(variant => variant is { Outer: 0, Inner: 0 }) ?? variants[0];
        AblationVariant? best = variants.Where(variant => variant != baseline && variant.MeanIoU is not null)
            .MaxBy(variant => variant.MeanIoU!.Mean);
        return best is null ? [] : [new PlanFigure { Name = "comparison", Baseline = baseline.Name, Ours = best.Name }];
    }

    private static IEnumerable<int> Frames(PlanFigure figure, int count)
    {
        int wanted = Math.Min(StandardFrames, count);
        foreach (int frame in figure.Frames.Where(frame => frame >= count))
            Terminal.Warning($"Figure {figure.Name} can't show frame {frame}: there are {count}.");
        int[] given = [.. figure.Frames.Where(frame => frame < count)];
        return given.Length > 0 ? given : Enumerable.Range(0, wanted).Select(i => i * count / wanted);
    }

    // The first seed's model, and the first texture; null where its training diverged.
    private TextureTranslators? Translators(string variant)
    {
        VariantRun run = Runs.First(run => run.Variant.Name == variant);
        if (run.Training.State != TrainerRunState.Done)
            return null;
        EvaluationOptions options = _plan.Evaluation.For(ModelBundle.Load(run.Training.Weights), _threads, _cacheFolder, _command);
        return new TextureTranslators(options.Bundle, [options.Textures[0]], options.Size, options.Noise, _threads, _cacheFolder);
    }
}
