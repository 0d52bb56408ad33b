using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>Shows some prepared pairs: each image beside itself under its labels.</summary>
internal static class PreparationSheet
{
    private const double Opacity = 0.55;
    private const int PairsInRow = 2;

    /// <summary>Draws the sheet from files, spread evenly over all.</summary>
    public static void Write(string path, List<LabelManifestEntry> entries, PreparationOptions options)
    {
        int width = Math.Min(options.Width, 512);
        ContactSheet sheet = new(width, Math.Max(16, options.Height * width / options.Width));
        foreach ((int i, int index) in EvenlySpaced.Indices(options.SheetPictures, entries.Count).Index())
        {
            LabelManifestEntry entry = entries[index];
            if (i % PairsInRow == 0)
                sheet.BeginRow();
            Frame image = ImageFile.Read(entry.Image);
            sheet.Add(image, image.Name!);
            if (entry.Label is null)
                continue;
            Overlay.Blend(image, LabelFile.Read(entry.Label).Ids, LabelSpaces.ByName(entry.LabelSpace!), Opacity, image);
            sheet.Add(image, entry.LabelSpace!);
        }
        sheet.Write(path);
    }
}
