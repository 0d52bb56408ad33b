using EdgeSimToReal.Evaluation.Ablation;

namespace EdgeSimToReal.Cli.Ablating;

/// <summary>A variant of a plan that is worked off: named ones and the points of the grid alike.</summary>
/// <param name="Name">Its name, and its folder's.</param>
/// <param name="Preset">The trainer's preset.</param>
/// <param name="Settings">"key=value" on top of preset and configuration, in order.</param>
/// <param name="Paper">The row of the paper's table 4.3 that it repeats; null: none.</param>
public sealed record GridVariant(string Name, string Preset, IReadOnlyList<string> Settings, PaperRow? Paper);
