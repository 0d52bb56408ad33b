using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Live;

/// <summary>A model that is conditioned on labels sees the frame's tags where it sees the frame's pixels.</summary>
public sealed class LabelConditioningTests : IDisposable
{
    private const int Width = 64;
    private const int Height = 32;
    private const byte Road = 1, Car = 14; // of Carla29

    private readonly TemporaryFolder _folder = new();
    private readonly BakedGraph _graph;

    public LabelConditioningTests() => _graph = Bake(new BakeOptions(Width, Height));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UpsamplingForm.TransposedConvolution)]
    [InlineData(UpsamplingForm.FusedTails)]
    public void Translation_IsTheSessionsOnPictureAndRemappedShares(UpsamplingForm form)
    {
        Assert.SkipWhen(form == UpsamplingForm.FusedTails && CustomOps.TryLocate() is null, "The native operators are not built.");
        BakedGraph graph = Bake(new BakeOptions(Width, Height) { Upsampling = form });
        Frame source = Tagged(Width, Height);
        using LiveTranslator translator = new(graph, FitPolicy.Exact, "test", 1);
        Assert.True(translator.NeedsTags);
        byte[] translated = [.. translator.Translate(source, out _).Bgra];

        using LiveSession session = new(graph, 1);
        Assert.Equal(16 * (Width / 8) * (Height / 8), session.Labels.Length);
        byte[] labels = new byte[source.Tags.Length];
        LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.Common16).Apply(source.Tags, labels);
        LabelMap.Fill(labels, Width, Height, 8, session.Labels);
        PixelConverter converter = new(FrameGeometry.Create(Width, Height, Width, Height, FitPolicy.Exact));
        converter.Prepare(source.Bgra, session.Input);
        session.Run();
        byte[] expected = new byte[source.Bgra.Length];
        converter.Finish(session.Output, expected);
        Assert.Equal(expected, translated);
    }

    [Fact]
    public void OtherTags_ChangeThePicture_AndTheFirstOnesBringItBack()
    {
        using LiveTranslator translator = new(_graph, FitPolicy.Exact, "test", 1);
        Frame source = Tagged(Width, Height);
        byte[] before = [.. translator.Translate(source, out _).Bgra];
        byte[] tags = [.. source.Tags];
        for (int y = 0; y < 16; y++)
            source.Tags.AsSpan(y * Width, 16).Fill(Car);
        byte[] other = [.. translator.Translate(source, out _).Bgra];
        double near = Difference(before, other, 0), far = Difference(before, other, 48);
        Assert.True(near > 1, $"{near} grey levels where the tags changed");
        Assert.True(far < near / 4, $"{far} grey levels far away, {near} where the tags changed");
        tags.CopyTo(source.Tags, 0);
        Assert.Equal(before, translator.Translate(source, out _).Bgra);

        // Mean difference of 16 columns of the upper half.
        static double Difference(byte[] a, byte[] b, int left) => Enumerable.Range(0, 16 * 16 * 4)
            .Average(i => Math.Abs(a[At(i, left)] - b[At(i, left)]));

        static int At(int i, int left) => (4 * ((i / 64 * Width) + left)) + (i % 64);
    }

    [Fact]
    public void TheSameClassesInAnotherSpace_GiveTheSamePicture_AlsoFromFrameToFrame()
    {
        using LiveTranslator translator = new(_graph, FitPolicy.Exact, "test", 1);
        Frame old = TestModels.Frame(Width, Height, withTags: true), recent = TestModels.Frame(Width, Height, withTags: true);
        (old.TagSpace, recent.TagSpace) = (LabelSpaces.Carla23, LabelSpaces.Carla29);
        for (int i = 0; i < old.Tags.Length; i++)
            (old.Tags[i], recent.Tags[i]) = i % Width < 24 ? ((byte)7, Road) : ((byte)10, Car);
        byte[] expected = [.. translator.Translate(old, out _).Bgra];
        Assert.Equal(expected, translator.Translate(recent, out _).Bgra);
        Assert.Equal(expected, translator.Translate(old, out _).Bgra);
    }

    [Theory]
    [InlineData(FitPolicy.Crop, 96, 32)]
    [InlineData(FitPolicy.Crop, 64, 60)]
    [InlineData(FitPolicy.Letterbox, 64, 20)]
    [InlineData(FitPolicy.Letterbox, 36, 32)]
    public void TagsFollowThePicturesGeometry(FitPolicy policy, int width, int height)
    {
        // Nothing is resampled here, so the frame that the network sees can be made by hand: cut out, or with its edges repeated.
        Frame source = Tagged(width, height);
        int left = (Width - width) / 2, top = (Height - height) / 2;
        Frame seen = new(Width, Height, withTags: true) { TagSpace = source.TagSpace };
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int from = (Math.Clamp(y - top, 0, height - 1) * width) + Math.Clamp(x - left, 0, width - 1);
                seen.Tags[(y * Width) + x] = source.Tags[from];
                source.Bgra.AsSpan(4 * from, 4).CopyTo(seen.Bgra.AsSpan(4 * ((y * Width) + x)));
            }
        }
        using LiveTranslator fitting = new(_graph, policy, "test", 1), exact = new(_graph, FitPolicy.Exact, "test", 1);
        Frame actual = fitting.Translate(source, out _), expected = exact.Translate(seen, out _);
        for (int y = 0; y < actual.Height; y++)
        {
            Assert.Equal(
                expected.Bgra.AsSpan(4 * (((y + Math.Max(top, 0)) * Width) + Math.Max(left, 0)), 4 * actual.Width).ToArray(),
                actual.Bgra.AsSpan(4 * y * actual.Width, 4 * actual.Width).ToArray());
        }
    }

    [Fact]
    public void FrameWithoutTags_IsRefused_AndTheNextOneWithTagsIsTranslated()
    {
        using LiveTranslator translator = new(_graph, FitPolicy.Exact, "test", 1);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => translator.Translate(TestModels.Frame(Width, Height, 3), out _));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains("conditioned on labels, and frame 3 has none", error.Message);
        Assert.Contains("--tags", error.Message);
        Assert.Equal(Width, translator.Translate(Tagged(Width, Height), out _).Width);
    }

    [Fact]
    public void CachedGraph_TakesLabelsToo()
    {
        ModelBundle bundle = TestModels.ConditionedBundle(_folder["bundle"], LabelSpaces.Common16);
        StyleBaker baker = new(_folder["cache"]);
        BakeOptions options = new(Width, Height);
        BakedGraph first = baker.Bake(bundle, TestModels.Texture(bundle), options);
        BakedGraph second = baker.Bake(bundle, TestModels.Texture(bundle), options);
        Assert.True(second.FromCache);
        Assert.Equal(new LabelInput(LabelSpaces.Common16, 8), second.Labels);
        Assert.Equal(first with { FromCache = true, Model = second.Model }, second);
    }

    private BakedGraph Bake(BakeOptions options)
    {
        ModelBundle bundle = TestModels.ConditionedBundle(_folder["bundle"], LabelSpaces.Common16);
        return new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), options);
    }

    private static Frame Tagged(int width, int height)
    {
        Frame frame = TestModels.Frame(width, height, withTags: true);
        frame.TagSpace = LabelSpaces.Carla29;
        // Patches of every class, not aligned with the cells.
        for (int i = 0; i < frame.Tags.Length; i++)
            frame.Tags[i] = (byte)(((i / width / 5 * 7) + (i % width / 6)) % 31);
        return frame;
    }
}
