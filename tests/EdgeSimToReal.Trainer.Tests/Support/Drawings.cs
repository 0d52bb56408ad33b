using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>Small streets drawn from a seed: sky above, road below, a box of another class between; grain on all.</summary>
internal static class Drawings
{
    public const int Side = 64;

    /// <summary>Writes "images" and "labels" in the space <see cref="LabelSpaces.Shared10"/>.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="count">Number of streets.</param>
    /// <param name="seed">Chooses them.</param>
    /// <param name="painted">In their classes' display colours, which <see cref="ColourJudge"/> reads.</param>
    public static string Write(string folder, int count, int seed, bool painted = false)
    {
        LabelSpace space = LabelSpaces.Shared10;
        for (int i = 0; i < count; i++)
        {
            Random random = new((seed * 1000) + i);
            Frame frame = new(Side, Side);
            byte[] labels = new byte[Side * Side];
            int horizon = random.Next(Side / 4, Side / 2), left = random.Next(Side / 2), box = random.Next(space.Count);
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++)
                {
                    int label = Math.Abs(y - horizon) < 8 && x >= left && x < left + 16 ? box : y < horizon ? space.Count - 1 : 0;
                    labels[(y * Side) + x] = (byte)label;
                    int at = ((y * Side) + x) * 4;
                    for (int channel = 0; channel < 3; channel++)
                        frame.Bgra[at + channel] = (byte)((label * (19 + (4 * channel))) + random.Next(30));
                    LabelClass c = space.Classes[label];
                    if (painted)
                        (frame.Bgra[at], frame.Bgra[at + 1], frame.Bgra[at + 2]) = (c.B, c.G, c.R);
                }
            }
            ImageFile.Write(Path.Combine(folder, "images", $"{i}.png"), frame);
            LabelFile.Write(Path.Combine(folder, "labels", $"{i}.png"), Side, Side, labels);
        }
        return folder;
    }
}
