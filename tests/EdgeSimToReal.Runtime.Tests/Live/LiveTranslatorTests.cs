using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Live;

public sealed class LiveTranslatorTests : IDisposable
{
    private const int Width = 64;
    private const int Height = 32;

    private readonly TemporaryFolder _folder = new();
    private readonly BakedGraph _graph;

    public LiveTranslatorTests()
    {
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"]);
        _graph = new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(Width, Height));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exact_IsPreparationThenSessionThenFinish()
    {
        Frame source = TestModels.Frame(Width, Height);
        byte[] before = [.. source.Bgra];
        using LiveTranslator translator = Translator(FitPolicy.Exact);
        Frame translated = translator.Translate(source, out Frame fitted);
        Assert.Same(source, fitted);
        Assert.Equal(before, source.Bgra);
        Assert.Equal((Width, Height), (translated.Width, translated.Height));

        // By hand, from what the interface of session and frame says.
        using LiveSession session = new(_graph, 1);
        int plane = Width * Height;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                session.Input[(channel * plane) + i] = (source.Bgra[(4 * i) + 2 - channel] / 127.5f) - 1;
        }
        session.Run();
        int worst = 0;
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                double expected = Math.Clamp(Math.Round((session.Output[(channel * plane) + i] + 1.0) * 127.5), 0, 255);
                worst = Math.Max(worst, Math.Abs((int)expected - translated.Bgra[(4 * i) + 2 - channel]));
            }
            Assert.Equal(255, translated.Bgra[(4 * i) + 3]);
        }
        Assert.True(worst <= 1, $"{worst} grey levels"); // 1 where rounding of the input differs in the last bit
    }

    [Theory]
    [InlineData(FitPolicy.Letterbox, 100, 37, 100, 37)]
    [InlineData(FitPolicy.Stretch, 100, 37, 100, 37)]
    [InlineData(FitPolicy.Crop, 100, 37, 74, 37)]
    [InlineData(FitPolicy.Crop, 64, 48, 64, 32)]
    [InlineData(FitPolicy.Exact, 64, 32, 64, 32)]
    public void OutputAndFittedFrame_HaveTheSizeOfThePolicy(FitPolicy policy, int width, int height, int outputWidth, int outputHeight)
    {
        Frame source = TestModels.Frame(width, height);
        using LiveTranslator translator = Translator(policy);
        Frame translated = translator.Translate(source, out Frame fitted);
        Assert.Equal((outputWidth, outputHeight), (translated.Width, translated.Height));
        Assert.Equal((outputWidth, outputHeight), (fitted.Width, fitted.Height));
        Assert.Equal(outputWidth == width && outputHeight == height, ReferenceEquals(source, fitted));
        Assert.True(translated.Bgra.Distinct().Count() > 10, "a flat picture");
    }

    [Fact]
    public void Exact_RefusesAnotherSize_AndTakesTheNextFrameOfTheRightOne()
    {
        using LiveTranslator translator = Translator(FitPolicy.Exact);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => translator.Translate(TestModels.Frame(100, 37), out _));
        Assert.Contains("100x37", error.Message);
        Assert.Equal(Width, translator.Translate(TestModels.Frame(Width, Height), out _).Width);
    }

    [Fact]
    public void Crop_CutsPictureAndTagsAlike()
    {
        Frame source = TestModels.Frame(100, 37, withTags: true);
        source.TagSpace = LabelSpaces.Common16;
        source.SensorPose = new Pose(1, 2, 3, 4, 5, 6);
        using LiveTranslator translator = Translator(FitPolicy.Crop);
        Frame translated = translator.Translate(source, out Frame fitted);
        Assert.Same(LabelSpaces.Common16, fitted.TagSpace);
        const int left = (100 - 74) / 2;
        for (int y = 0; y < 37; y++)
        {
            for (int x = 0; x < 74; x++)
            {
                Assert.Equal(source.Tags[(y * 100) + x + left], fitted.Tags[(y * 74) + x]);
                Assert.Equal(
                    source.Bgra.AsSpan(4 * ((y * 100) + x + left), 4).ToArray(), fitted.Bgra.AsSpan(4 * ((y * 74) + x), 4).ToArray());
            }
        }
        foreach (Frame frame in new[] { translated, fitted })
        {
            Assert.Equal((source.Id, source.SimulatedTime, source.Name), (frame.Id, frame.SimulatedTime, frame.Name));
            Assert.Equal(source.SensorPose, frame.SensorPose);
        }
    }

    [Fact]
    public void TagsThatComeAndGo_AreFollowed()
    {
        using LiveTranslator translator = Translator(FitPolicy.Crop);
        foreach (bool withTags in new[] { false, true, true, false })
        {
            translator.Translate(TestModels.Frame(100, 37, withTags: withTags), out Frame fitted);
            Assert.Equal(withTags, fitted.HasTags);
        }
    }

    [Fact]
    public void FrameSizeThatChanges_GivesWhatAFreshTranslatorGives()
    {
        using LiveTranslator changing = Translator(FitPolicy.Letterbox);
        foreach ((int width, int height) in new[] { (64, 32), (100, 37), (37, 100), (64, 32), (128, 64) })
        {
            using LiveTranslator fresh = Translator(FitPolicy.Letterbox);
            Frame source = TestModels.Frame(width, height);
            Assert.Equal(fresh.Translate(source, out _).Bgra, changing.Translate(source, out _).Bgra);
        }
    }

    [Fact]
    public void SameFrameTwice_GivesTheSameBytes()
    {
        using LiveTranslator translator = Translator(FitPolicy.Letterbox);
        byte[] first = [.. translator.Translate(TestModels.Frame(100, 37), out _).Bgra];
        byte[] between = [.. translator.Translate(TestModels.Frame(100, 37, 2), out _).Bgra];
        Assert.Equal(first, translator.Translate(TestModels.Frame(100, 37), out _).Bgra);
        Assert.NotEqual(first, between);
    }

    [Fact]
    public void Stamps_AreInTheOrderOfEvents()
    {
        using LiveTranslator translator = Translator(FitPolicy.Crop);
        Frame source = TestModels.Frame(100, 37);
        source.Stamps = new FrameStamps { Taken = FrameStamps.Now };
        Frame translated = translator.Translate(source, out Frame fitted);
        FrameStamps stamps = source.Stamps;
        long[] order = [stamps.Taken, stamps.Prepared, stamps.Inferred, stamps.Finished, FrameStamps.Now];
        Assert.All(order, stamp => Assert.NotEqual(0, stamp));
        Assert.Equal(order.Order(), order);
        Assert.Equal((stamps, stamps), (translated.Stamps, fitted.Stamps));
    }

    [Fact]
    public void GraphThatIsNone_IsAClearError()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new LiveSession(_graph with { Model = "not a graph"u8.ToArray() }));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains("baked live graph", error.Message);
        Assert.Throws<EdgeSimException>(() => new LiveSession(_graph with { Model = [] }));
    }

    private LiveTranslator Translator(FitPolicy policy) => new(_graph, policy, "test", 1);
}
