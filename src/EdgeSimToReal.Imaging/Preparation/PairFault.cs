namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>What is wrong with a pair of image and label image.</summary>
public enum PairFault
{
    /// <summary>The image has no label image.</summary>
    MissingLabel,

    /// <summary>The label image has no image.</summary>
    MissingImage,

    /// <summary>A file can't be read as what it should be.</summary>
    Unreadable,

    /// <summary>Image and label image differ in size.</summary>
    SizeMismatch,

    /// <summary>The label image holds ids, or colours, that its label space does not have.</summary>
    UnknownLabel,
}
