namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>How often a class occurs.</summary>
/// <param name="Name">The class.</param>
/// <param name="Pixels">Its pixels.</param>
/// <param name="Share">Their share of all pixels, those without a label counted, 0..1.</param>
/// <param name="Images">Images that show it.</param>
public sealed record ClassCount(string Name, long Pixels, double Share, long Images);
