namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>An image of a data set as it was published, with its label image.</summary>
/// <param name="Name">Unique in the data set, without extension and folders: what its prepared files are called.</param>
/// <param name="Image">The image file.</param>
/// <param name="Label">The label file; null for an unlabelled image.</param>
public sealed record SourcePair(string Name, string Image, string? Label);
