using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Live;

/// <summary>Managed bytes a frame, over all threads; alone in its collection so that no other test allocates meanwhile.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : IDisposable
{
    private const int Frames = 1000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FitPolicy.Exact, 64, 32)]
    [InlineData(FitPolicy.Letterbox, 100, 37)]
    [InlineData(FitPolicy.Crop, 100, 37)]
    public void LiveTranslator_AllocatesNothing(FitPolicy policy, int width, int height)
    {
        using LiveTranslator translator = Translator(policy);
        Frame frame = TestModels.Frame(width, height, withTags: true);
        Allocations.AssertNone(Frames, () => translator.Translate(frame, out _));
    }

    [Theory]
    [InlineData(FitPolicy.Exact, 64, 32)]
    [InlineData(FitPolicy.Letterbox, 100, 37)]
    [InlineData(FitPolicy.Crop, 100, 37)]
    public void LabelConditionedTranslator_AllocatesNothing(FitPolicy policy, int width, int height)
    {
        ModelBundle bundle = TestModels.ConditionedBundle(_folder["conditioned"], LabelSpaces.Common16);
        BakedGraph graph = new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(64, 32));
        using LiveTranslator translator = new(graph, policy, "test", 2);
        Frame frame = TestModels.Frame(width, height, withTags: true);
        frame.TagSpace = LabelSpaces.Carla29;
        Allocations.AssertNone(Frames, () => translator.Translate(frame, out _));
    }

    [Fact]
    public void Bf16Translator_AllocatesNothing()
    {
        Assert.SkipUnless(Bf16Support.Available, "The native operators are not built.");
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"]);
        BakedGraph graph = new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(64, 32) { Precision = LivePrecision.Bf16 });
        using LiveTranslator translator = new(graph, FitPolicy.Exact, "test", 2);
        Frame frame = TestModels.Frame(64, 32);
        Allocations.AssertNone(Frames, () => translator.Translate(frame, out _));
    }

    [Theory]
    [InlineData(GuardPolicy.Passthrough, -1e9)]
    [InlineData(GuardPolicy.Passthrough, 1e9)]
    [InlineData(GuardPolicy.Report, 1e9)]
    [InlineData(GuardPolicy.Flag, 1e9)]
    public void LabelGuard_AllocatesNothing_OnAnyThread(GuardPolicy policy, double threshold)
    {
        ModelBundle bundle = GuardedModels.Bundle(_folder["guarded"], GuardedModels.Threshold(threshold));
        using GuardedTranslator translator = new(new PassThroughTranslator(), new LabelGuard(bundle, 1), policy, 1, _ => { });
        Frame frame = GuardedModels.Street(100, 37);
        // Until the guard, which may run on a thread of its own, has judged one more.
        Allocations.AssertNone(100, () =>
        {
            long before = translator.CheckedFrames;
            do
                translator.Translate(frame, out _);
            while (translator.CheckedFrames == before);
        });
    }

    [Fact]
    public void Pipeline_AllocatesNothing()
    {
        // One run is one call, so that a run's own cost would show too; the sink's memory is there from the start.
        using LiveTranslator translator = Translator(FitPolicy.Letterbox);
        using MemorySource source = new(int.MaxValue, TestModels.Frame(100, 37, 1, true), TestModels.Frame(100, 37, 2, true));
        using MemorySink sink = new(0);
        FramePipeline pipeline = new(source, translator, sink, new LatencyRecorder());
        long limit = 0;
        Allocations.AssertNone(1, () => pipeline.Run(limit += Frames / 5, CancellationToken.None));
        Assert.Equal(limit, pipeline.Frames);
        Assert.True(limit > 10 * Frames);
    }

    private LiveTranslator Translator(FitPolicy policy)
    {
        ModelBundle bundle = TestModels.Bundle(_folder["bundle"]);
        BakedGraph graph = new StyleBaker(null).Bake(bundle, TestModels.Texture(bundle), new BakeOptions(64, 32));
        return new LiveTranslator(graph, policy, "test", 2);
    }
}
