using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation;

namespace EdgeSimToReal.Cli.Training;

/// <summary>What `evaluate --downstream` trains, and how.</summary>
/// <param name="Evaluation">The model, its textures, and the real photographs that are read.</param>
/// <param name="Structures">Folder of labelled simulator frames to train on.</param>
/// <param name="StructureLabels">Their label space; null where a manifest names it.</param>
/// <param name="Limit">The most of them, spread evenly; 0: all.</param>
/// <param name="Seeds">Seeds; each trains two segmenters.</param>
/// <param name="Configuration">A configuration file on top of the preset; null: none.</param>
/// <param name="Steps">Steps of each training; null: the configuration's.</param>
public sealed record DownstreamOptions(EvaluationOptions Evaluation, string Structures, LabelSpace? StructureLabels, int Limit,
    IReadOnlyList<ulong> Seeds, string? Configuration, long? Steps);
