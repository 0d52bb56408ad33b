using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Benchmarks;

/// <summary>Pictures of noise with random labels, and a segmenter of random weights: enough to time a training.</summary>
internal sealed class DrawnPictures : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;

    public DrawnPictures(LabelSpace space, int width = 512, int height = 256, int count = 8)
    {
        Random random = new(1);
        Frame frame = new(width, height);
        byte[] labels = new byte[width * height];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(frame.Bgra);
            for (int at = 0; at < labels.Length; at++)
                labels[at] = (byte)random.Next(space.Count);
            ImageFile.Write(Path.Combine(_folder, "images", $"{i}.jpg"), frame);
            LabelFile.Write(Path.Combine(_folder, "labels", $"{i}.png"), width, height, labels);
        }
        Set = new ImageSetOptions { Path = _folder, Space = space.Name };
        SegmenterFile = Path.Combine(_folder, "segmenter.safetensors");
        using Segmenter segmenter = new(new SegmenterConfiguration { Architecture = SegmenterArchitecture.UNet, Classes = space.Count });
        segmenter.Save(SegmenterFile);
    }

    public ImageSetOptions Set { get; }

    public string SegmenterFile { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
