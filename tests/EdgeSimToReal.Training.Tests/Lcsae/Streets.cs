using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Lcsae;

/// <summary>Two small drawn data sets, sky over road with a car, flat colours ("simulator") and speckled ones ("photographs").</summary>
internal sealed class Streets : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Draws them; the first <paramref name="standing"/> pictures of a set show a car that does not move.</summary>
    public Streets(int images = 4, int width = 96, int height = 80, int standing = 0)
    {
        Simulated = Draw("simulated", images, width, height, speckle: 0, 1, standing);
        Real = Draw("real", images, width, height, speckle: 50, 2, standing);
    }

    public ImageSetOptions Simulated { get; }

    public ImageSetOptions Real { get; }

    /// <summary>A frozen segmenter of random weights.</summary>
    public string Segmenter(string name = "teacher", LabelSpace? space = null, long seed = 3)
    {
        manual_seed(seed);
        string path = _folder[$"{name}.safetensors"];
        space ??= LabelSpaces.Shared10;
        using Segmenter segmenter = new(new SegmenterConfiguration
        {
            Architecture = SegmenterArchitecture.UNet,
            Classes = space.Count,
            Width = 2,
        });
        segmenter.Save(path, new Dictionary<string, string> { ["label_space"] = space.Name, ["id"] = name });
        return path;
    }

    /// <summary>The tiny preset on these pictures.</summary>
    public LcsaeConfiguration Tiny(LcsaeMode mode = LcsaeMode.Lcsae) => LcsaeConfiguration.Tiny with
    {
        Mode = mode,
        Simulated = [Simulated],
        Real = [Real],
        Workers = 1,
        Outer = new OuterOptions { Segmenters = [Segmenter()] },
        Validation = new LcsaeValidation { Simulated = Simulated with { }, Real = Real with { }, Frames = 2 },
    };

    public void Dispose() => _folder.Dispose();

    private ImageSetOptions Draw(string name, int count, int width, int height, int speckle, int seed, int standing)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            Frame frame = new(width, height);
            byte[] labels = new byte[width * height];
            int horizon = height / 2, car = i < standing ? 0 : random.Next(width - 20);
            for (int at = 0; at < labels.Length; at++)
            {
                (int x, int y) = (at % width, at / width);
                bool isCar = x >= car && x < car + 20 && y >= horizon && y < horizon + 12;
                labels[at] = (byte)(isCar ? 12 : y < horizon ? 10 : 0); // Common16: vehicle, sky, road
                (int r, int g, int b) = isCar ? (200, 30, 40) : y < horizon ? (110, 160, 220) : (90, 90, 95);
                int grain = speckle == 0 ? 0 : random.Next(-speckle, speckle);
                frame.Bgra[4 * at] = (byte)Math.Clamp(b + grain, 0, 255);
                frame.Bgra[(4 * at) + 1] = (byte)Math.Clamp(g + grain, 0, 255);
                frame.Bgra[(4 * at) + 2] = (byte)Math.Clamp(r + grain, 0, 255);
                frame.Bgra[(4 * at) + 3] = 255;
            }
            ImageFile.Write(Path.Combine(_folder[name], "images", $"{i}.png"), frame);
            LabelFile.Write(Path.Combine(_folder[name], "labels", $"{i}.png"), width, height, labels);
        }
        return new ImageSetOptions { Path = _folder[name], Space = LabelSpaces.Common16.Name, Licence = "drawn by the tests" };
    }
}
