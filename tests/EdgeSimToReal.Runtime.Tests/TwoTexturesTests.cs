using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests;

/// <summary>The shipped weights on real frames: a texture photo's look arrives in the picture.</summary>
public sealed class TwoTexturesTests(ITestOutputHelper output) : IDisposable
{
    private const int FrameCount = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MeanColours_LieNearerToTheirOwnPhoto_AndThePictureChanges()
    {
        ModelBundle bundle = Bundle(SharedFolder.Require("weights", "edge-probe.safetensors"));
        Frame[] frames = Some(SharedFolder.Require("data", "sim-carla-unlabelled", "images"), FrameCount);
        // Of photographs that the weights never saw, the two whose mean colours differ most.
        Frame[] photos = Some(SharedFolder.Require("data", "real-camvid11", "test", "images"), 24);
        Frame[] pair = MostDifferent(photos);
        output.WriteLine($"The photos' mean colours lie {Distance(Mean(pair[0]), Mean(pair[1])):F1} apart.");

        Outcome network = Judge("network", frames, [Translate(bundle, pair[0], frames), Translate(bundle, pair[1], frames)], pair);
        Outcome identity = Judge("identity", frames, [frames, frames], pair);

        // Single dark frames stay darker than a bright photo, so the mean is taken over all frames; most single ones agree.
        Assert.All(network.MeanDistances, distances => Assert.True(distances.ToOwn < distances.ToOther, $"{distances}"));
        Assert.True(network.NearerToOwn >= 2 * FrameCount * 3 / 4, $"{network.NearerToOwn} of {2 * FrameCount} frames");
        Assert.True(network.LeastChange > 10, $"{network.LeastChange:F1} grey levels");
        // A translator that does nothing fails each of them.
        Assert.Contains(identity.MeanDistances, distances => distances.ToOwn >= distances.ToOther);
        Assert.Equal(FrameCount, identity.NearerToOwn);
        Assert.Equal(0, identity.LeastChange);
    }

    // How far the outputs' mean colours lie from both photos', and the least mean difference of an output from its input.
    private Outcome Judge(string name, Frame[] inputs, Frame[][] outputs, Frame[] photos)
    {
        List<(double ToOwn, double ToOther)> meanDistances = [];
        int nearer = 0;
        double least = double.PositiveInfinity;
        for (int texture = 0; texture < 2; texture++)
        {
            double[] own = Mean(photos[texture]), other = Mean(photos[1 - texture]);
            double[][] means = [.. outputs[texture].Select(Mean)];
            double[] changes = [.. inputs.Zip(outputs[texture], MeanChange)];
            double[] mean = [.. Enumerable.Range(0, 3).Select(channel => means.Average(colour => colour[channel]))];
            int nearerFrames = means.Count(colour => Distance(colour, own) < Distance(colour, other));
            meanDistances.Add((Distance(mean, own), Distance(mean, other)));
            nearer += nearerFrames;
            least = Math.Min(least, changes.Min());
            output.WriteLine($"{name}, texture {texture}: mean colour {meanDistances[^1].ToOwn:F1} from its own photo's and "
                + $"{meanDistances[^1].ToOther:F1} from the other's; {nearerFrames} of {inputs.Length} frames nearer to their own; "
                + $"change {changes.Average():F1} grey levels, at least {changes.Min():F1}");
        }
        return new Outcome(meanDistances, nearer, least);
    }

    private static Frame[] Translate(ModelBundle bundle, Frame photo, Frame[] frames)
    {
        using TextureEncoder encoder = new(bundle, 1);
        BakedGraph graph = new StyleBaker(null).Bake(bundle, encoder.Encode(photo, "photo"), new BakeOptions(512, 256));
        using LiveTranslator translator = new(graph, FitPolicy.Exact, "test", 2);
        return [.. frames.Select(frame => Copy(translator.Translate(frame, out _)))];
    }

    private ModelBundle Bundle(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        SaeWeights weights = new(SaeConfiguration.FromMetadata(file.Metadata), file.Tensors);
        BundleDescription description = new() { Name = "probe", Description = "For a test.", Licence = "research" };
        BundleWriter.Write(_folder["bundle"], weights, description, "");
        return ModelBundle.Load(_folder["bundle"]);
    }

    private static Frame[] MostDifferent(Frame[] photos)
    {
        double[][] means = [.. photos.Select(Mean)];
        (int first, int second) = Enumerable.Range(0, photos.Length)
            .SelectMany(i => Enumerable.Range(0, i).Select(j => (i, j)))
            .MaxBy(pair => Distance(means[pair.i], means[pair.j]));
        return [photos[first], photos[second]];
    }

    // Evenly spread pictures of a folder.
    private static Frame[] Some(string folder, int count)
    {
        string[] all = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        return [.. Enumerable.Range(0, count).Select(i => ImageFile.Read(all[i * all.Length / count]))];
    }

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height);
        frame.Bgra.CopyTo(copy.Bgra, 0);
        return copy;
    }

    private static double[] Mean(Frame frame)
    {
        double[] sum = new double[3];
        for (int i = 0; i < 4 * frame.PixelCount; i++)
        {
            if (i % 4 < 3)
                sum[i % 4] += frame.Bgra[i];
        }
        return [.. sum.Select(value => value / frame.PixelCount)];
    }

    private static double MeanChange(Frame a, Frame b)
    {
        double sum = 0;
        for (int i = 0; i < 4 * a.PixelCount; i++)
            sum += i % 4 < 3 ? Math.Abs(a.Bgra[i] - b.Bgra[i]) : 0;
        return sum / (3.0 * a.PixelCount);
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    private sealed record Outcome(IReadOnlyList<(double ToOwn, double ToOther)> MeanDistances, int NearerToOwn, double LeastChange);
}
