using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Runtime.Tests.Support;

/// <summary>Bundles whose guard takes a pixel for the class of the nearest display colour, and streets painted in those colours.</summary>
internal static class GuardedModels
{
    public const string GuardId = "0123456789abcdef";
    public const int Width = 64;
    public const int Height = 32;

    /// <summary>A tiny bundle with such a guard.</summary>
    public static ModelBundle Bundle(string folder, BundleGuardThreshold? threshold = null)
    {
        TestModels.Bundle(folder);
        string segmenter = Path.Combine(folder, "..", "colours.onnx");
        ColourJudge.Write(segmenter, LabelSpaces.Shared10, GuardId);
        BundleGuardWriter.Add(folder, segmenter, Width, Height);
        if (threshold is not null)
            BundleGuardWriter.Calibrate(folder, threshold);
        return ModelBundle.Load(folder);
    }

    /// <summary>A threshold between fitting labels and others: without alignment, or with a loss of 0.1 nats, a frame fails.</summary>
    public static BundleGuardThreshold Threshold(double score = -1) => new()
    {
        Score = score,
        Alignment = new BundleGuardMeasure(0.5, 0.5),
        Kept = new BundleGuardMeasure(0, 0.1),
        FalseAlarmRate = 0.01,
        Frames = 100,
        Texture = "none",
        Width = Width,
        Height = Height,
    };

    /// <summary>A street: sky above, road below, a vehicle; tags of CARLA's 29.</summary>
    public static Frame Street(int width = Width, int height = Height, int vehicleAt = 20)
    {
        Frame frame = new(width, height, withTags: true) { TagSpace = LabelSpaces.Carla29 };
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                frame.Tags[(y * width) + x] = Tag(x * Width / width, y * Height / height, vehicleAt);
        }
        Paint(frame, frame);
        return frame;
    }

    /// <summary>Paints a picture of the labels that a frame has, in its own size.</summary>
    public static void Paint(Frame labels, Frame picture)
    {
        LabelRemap remap = LabelRemap.Between(labels.TagSpace!, LabelSpaces.Shared10);
        for (int i = 0; i < labels.Tags.Length; i++)
        {
            byte label = remap.Table[labels.Tags[i]];
            LabelClass? c = LabelSpaces.Shared10.Find(label);
            (picture.Bgra[4 * i], picture.Bgra[(4 * i) + 1], picture.Bgra[(4 * i) + 2]) = (c?.B ?? 0, c?.G ?? 0, c?.R ?? 0);
        }
    }

    // 11 sky, 1 road, 14 car, and a strip of 0, which has no label.
    private static byte Tag(int x, int y, int vehicleAt) => y < 2 ? (byte)0 : y < 16 ? (byte)11
        : x >= vehicleAt && x < vehicleAt + 12 && y < 26 ? (byte)14 : (byte)1;
}
