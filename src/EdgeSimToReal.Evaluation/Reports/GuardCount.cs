namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>What the bundle's label guard found in the translated images of one texture.</summary>
/// <param name="Texture">The texture's name.</param>
/// <param name="Frames">Images that it could judge.</param>
/// <param name="ChangedObjects">Those in which a person or a vehicle was lost or made up.</param>
/// <param name="Failed">Those that fall below the calibrated threshold; null where the guard is not calibrated.</param>
public sealed record GuardCount(string Texture, int Frames, int ChangedObjects, int? Failed);
