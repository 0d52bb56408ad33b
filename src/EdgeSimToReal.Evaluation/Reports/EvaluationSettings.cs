namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>Settings that figures depend on.</summary>
/// <param name="LabelSpace">The label space of the figures.</param>
/// <param name="Noise">Whether the fixed noise maps were added.</param>
/// <param name="Limit">The most structures; 0: all.</param>
/// <param name="Replicates">Bootstrap draws.</param>
/// <param name="Seed">Seed of bootstraps and subsets.</param>
/// <param name="FidPreprocessing">Whose preprocessing the Inception features follow; null without them.</param>
public sealed record EvaluationSettings(string LabelSpace, bool Noise, int Limit, int Replicates, int Seed, string? FidPreprocessing);
