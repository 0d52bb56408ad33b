namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>What a check of labelled folders found.</summary>
/// <param name="Folders">Folders with a manifest.</param>
/// <param name="Frames">Manifest lines.</param>
/// <param name="Problems">Frames that are not what their line says.</param>
/// <param name="Unlisted">
/// Files without a line: a run that was killed leaves those of its last frames, which nobody reads and the next run replaces.
/// </param>
public sealed record CheckReport(int Folders, int Frames, IReadOnlyList<PairProblem> Problems, IReadOnlyList<string> Unlisted);
