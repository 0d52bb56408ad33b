using EdgeSimToReal.Cli.Training;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>One training of an ablation, and its evaluation's folder.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Training">The training.</param>
public sealed record VariantRun(GridVariant Variant, ulong Seed, TrainerRun Training)
{
    private const string Bundle = "bundle.json"; // written last of a bundle

    /// <summary>The folder of its evaluation report.</summary>
    public string Report => Path.Combine(Training.Folder, "report");

    /// <summary>What its evaluation was made with; written after the report.</summary>
    public string EvaluationKey => Path.Combine(Training.Folder, "evaluation.txt");

    /// <summary>The run of a variant with a seed.</summary>
    /// <param name="folder">The ablation's folder.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="seed">The seed.</param>
    public static VariantRun Create(string folder, AblationPlan plan, GridVariant variant, ulong seed)
    {
        List<string> arguments = ["--preset", variant.Preset];
        if (plan.Config is { } config)
            arguments.AddRange(["--config", config]);
        foreach (string setting in variant.Settings.Append($"seed={seed}"))
            arguments.AddRange(["--set", setting]);
        return new VariantRun(variant, seed,
            new TrainerRun("lcsae", Path.Combine(folder, "runs", variant.Name, $"seed-{seed}"), arguments, plan.Config, Bundle));
    }
}
