using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>What a judge read in one image.</summary>
/// <param name="Confusion">True against predicted classes, in the evaluation's label space.</param>
/// <param name="NllSum">Sum over the labelled pixels of -log p(true class), where p(class) sums the judge's classes that map to it.</param>
/// <param name="Features">Means of the judge's coarsest map; empty where it puts out none.</param>
public sealed record JudgedImage(ConfusionMatrix Confusion, double NllSum, float[] Features);
