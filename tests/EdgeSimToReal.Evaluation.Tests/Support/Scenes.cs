using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Evaluation.Tests.Support;

/// <summary>Painted data sets and a bundle of the tiny preset.</summary>
internal static class Scenes
{
    public const int Side = 64;

    /// <summary>A folder of images in the colours of their labels; a share of each image's rows is painted as another class.</summary>
    public static string WritePainted(string folder, int count, LabelSpace space, int wrongRows = 0, int seed = 1)
    {
        LabelRemap remap = LabelRemap.Between(space, LabelSpaces.Shared10);
        byte[] known = [.. space.Classes.Select(c => c.Id).Where(id => remap.Table[id] != LabelSpace.Ignore)];
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            Frame frame = new(Side, Side, withTags: true);
            for (int y = 0; y < Side; y++)
            {
                byte id = known[random.Next(known.Length)];
                byte shown = remap.Table[id];
                if (y < wrongRows)
                    shown = (byte)((shown + 1) % LabelSpaces.Shared10.Count);
                LabelClass c = LabelSpaces.Shared10.Classes[shown];
                for (int x = 0; x < Side; x++)
                {
                    int at = (y * Side) + x;
                    (frame.Bgra[4 * at], frame.Bgra[(4 * at) + 1], frame.Bgra[(4 * at) + 2]) = (c.B, c.G, c.R);
                    frame.Tags[at] = id;
                }
            }
            ImageFile.Write(Path.Combine(folder, "images", $"{i}.png"), frame);
            LabelFile.Write(Path.Combine(folder, "labels", $"{i}.png"), Side, Side, frame.Tags);
        }
        return folder;
    }

    /// <summary>A photograph of noise.</summary>
    public static string WritePhoto(string path, int seed)
    {
        ImageFile.Write(path, Noise(80, 72, seed));
        return path;
    }

    /// <summary>Uniform noise.</summary>
    public static Frame Noise(int width, int height, int seed)
    {
        Frame frame = new(width, height);
        new Random(seed).NextBytes(frame.Bgra);
        return frame;
    }

    /// <summary>A bundle of the golden formula's weights.</summary>
    public static ModelBundle WriteBundle(string folder, params string[] teachers) => WriteBundle(folder, teachers, []);

    /// <summary>The same, of a checkpoint that segmenters chose.</summary>
    public static ModelBundle WriteBundle(string folder, string[] teachers, string[] selectedBy)
    {
        BundleWriter.Write(folder, new SaeWeights(SaeConfiguration.Tiny, SaeGolden.Weights(SaeConfiguration.Tiny)), new BundleDescription
        {
            Name = "tiny",
            Description = "For tests.",
            Licence = "none",
            DefaultWidth = Side,
            DefaultHeight = Side,
            Teachers = teachers,
            SelectedBy = selectedBy,
        }, "# tiny\n");
        return ModelBundle.Load(folder);
    }
}
