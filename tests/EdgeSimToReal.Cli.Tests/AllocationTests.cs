using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>From the socket to the sink not one managed byte a frame, on any thread of the process.</summary>
[Collection(nameof(AllocationCollection))]
public class AllocationTests(TinyModel model)
{
    private const int MostRounds = 8;
    private const int FramesPerRound = 1000;

    [Theory]
    [InlineData(64, 32, FitPolicy.Exact, false, false)]
    [InlineData(64, 32, FitPolicy.Exact, true, false)]
    [InlineData(80, 60, FitPolicy.Letterbox, false, false)]
    [InlineData(80, 60, FitPolicy.Crop, true, false)]
    [InlineData(80, 60, FitPolicy.Letterbox, true, true)]
    public void TranslatedFrames_AllocateNothing(int width, int height, FitPolicy policy, bool withTags, bool conditioned)
    {
        ModelBundle bundle = ModelBundle.Load(conditioned ? model.ConditionedBundle : model.Bundle);
        BakedGraph graph = new StyleBaker(null).Bake(bundle, bundle.Texture("dawn"), new BakeOptions(64, 32));
        using LiveTranslator translator = new(graph, policy, "tiny", threads: 1);
        AllocateNothing(translator, width, height, withTags);
    }

    [Fact]
    public void PassedThroughFrames_AllocateNothing() => AllocateNothing(new PassThroughTranslator(), 640, 360, withTags: false);

    private static void AllocateNothing(IFrameTranslator translator, int width, int height, bool withTags)
    {
        // The server is a process of its own, so what is counted here is the path from the socket on.
        using TownProcess town = new("--replay", "8", "--rate", "1000");
        using CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = town.Port },
            Width = width,
            Height = height,
            WithTags = withTags,
        });
        using RawFrameSink sink = new(new FileStream("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        using CancellationTokenSource enough = new();
        MeasuringSink measured = new(sink, FramesPerRound, enough);
        FramePipeline pipeline = new(source, translator, measured, new LatencyRecorder(warmUpFrames: 10));
        // The runtime itself allocates now and then (it recompiles hot loops meanwhile), in some round or other;
        // a frame that allocates would do so in each.
        pipeline.Run(MostRounds * FramesPerRound, enough.Token);
        Assert.True(measured.Least == 0, $"Bytes in rounds of {FramesPerRound} frames: {string.Join(", ", measured.Bytes)}.");
    }

    /// <summary>Looks at the process's allocations every so many frames; one round without is enough.</summary>
    private sealed class MeasuringSink(IFrameSink inner, int period, CancellationTokenSource enough) : IFrameSink
    {
        private readonly long[] _totals = new long[MostRounds];
        private int _frames;

        /// <summary>Managed bytes of each round but the first, which is the warm-up.</summary>
        public IEnumerable<long> Bytes
        {
            get
            {
                int rounds = _frames / period;
                return _totals.Take(rounds).Zip(_totals.Take(rounds).Skip(1), (before, after) => after - before);
            }
        }

        public long Least => Bytes.DefaultIfEmpty(long.MaxValue).Min();

        public void Write(Frame source, Frame translated)
        {
            inner.Write(source, translated);
            if (++_frames % period != 0)
                return;
            int round = (_frames / period) - 1;
            _totals[round] = GC.GetTotalAllocatedBytes(precise: true);
            if (round > 0 && _totals[round] == _totals[round - 1])
                enough.Cancel();
        }

        public void Complete() => inner.Complete();

        public void Dispose() => inner.Dispose();
    }
}
