namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>Where a layout keeps the images and labels of one split. Files belong together by what their names share.</summary>
/// <param name="Split">"train", "val" or "test".</param>
/// <param name="Images">The folder of images, below the data set's; with its subfolders.</param>
/// <param name="ImageSuffix">How image names end before the extension, e.g. "_leftImg8bit".</param>
/// <param name="Labels">The folder of label images, likewise; null for an unlabelled split.</param>
/// <param name="LabelSuffix">How label names end before ".png", e.g. "_gtFine_labelIds".</param>
internal sealed record SplitFolders(string Split, string Images, string ImageSuffix, string? Labels, string LabelSuffix)
{
    /// <summary>What is looked for, for messages.</summary>
    public override string ToString() => Labels is null
        ? $"images '{Images}/**/*{ImageSuffix}.png|jpg'"
        : $"images '{Images}/**/*{ImageSuffix}.png|jpg' with labels '{Labels}/**/*{LabelSuffix}.png'";
}
