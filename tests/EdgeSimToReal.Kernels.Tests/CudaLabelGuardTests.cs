using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The label guard on a device against the one on the CPU: the fake driver, the real kernels, a guard that knows colours.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class CudaLabelGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelBundle _bundle;

    public CudaLabelGuardTests() => _bundle = GuardedModels.Bundle(_folder["bundle"], GuardedModels.Threshold());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(64, 32, FitPolicy.Stretch, GuardPolicy.Report)]
    [InlineData(101, 57, FitPolicy.Letterbox, GuardPolicy.Passthrough)]
    [InlineData(101, 57, FitPolicy.Crop, GuardPolicy.Report)]
    public void Readings_Equal_the_CPU_guards_and_only_they_come_back(int width, int height, FitPolicy policy, GuardPolicy guardPolicy)
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Translator(LiveMode.Latency, policy))
        using (CudaLabelGuard guard = Guard(translator, guardPolicy))
        using (LabelGuard expected = new(_bundle, 1))
        {
            Assert.NotSame(guard.Stream, translator.Stream);
            Assert.Equal(guardPolicy != GuardPolicy.Passthrough, mock.Priority(guard.Stream.Handle) == 0);
            guard.WarmUp();
            for (int i = 0; i < 3; i++)
            {
                Frame frame = Frame(width, height, i);
                Frame translated = translator.Translate(frame, out Frame fitted);
                (int uploads, int downloads) = (mock.Calls("cuMemcpyHtoDAsync_v2"), mock.Calls("cuMemcpyDtoHAsync_v2"));
                guard.Prepare(fitted, translated);
                GuardReading reading = guard.Read();
                Assert.Equal((1, 1), (mock.Calls("cuMemcpyHtoDAsync_v2") - uploads, mock.Calls("cuMemcpyDtoHAsync_v2") - downloads));
                expected.Prepare(fitted, translated);
                AssertEqual(expected, expected.Read(), guard, reading);
            }
        }
        mock.AssertClean();
    }

    // ONNX Runtime leaves a stream of no use whose recording failed.
    [Theory]
    [InlineData(CudaGraphUse.Auto, GuardPolicy.Report)]
    [InlineData(CudaGraphUse.Auto, GuardPolicy.Passthrough)]
    [InlineData(CudaGraphUse.On, GuardPolicy.Passthrough)]
    public void Guard_that_cannot_be_recorded_Leaves_the_frames_stream_alone(CudaGraphUse use, GuardPolicy policy)
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Translator(LiveMode.Latency, FitPolicy.Stretch, graph: use))
        {
            List<(CudaStream Stream, bool Record)> loads = [];
            using CudaLabelGuard guard = new(translator, _bundle.Manifest.Guard!, (stream, record) =>
            {
                loads.Add((stream, record));
                return new HostGuardNetwork(stream, _bundle, idle: false) { OnWarmUp = record ? CannotRecord : null };
            }, policy);
            Frame frame = Frame(64, 32, 1);
            if (use == CudaGraphUse.On)
            {
                Assert.Contains("record", Assert.Throws<EdgeSimException>(() => new GuardedTranslator(translator, guard, policy, 1)).Message);
                translator.Translate(frame, out _);
                Assert.Single(loads);
            }
            else
            {
                guard.WarmUp();
                Assert.Equal([true, false], loads.Select(load => load.Record));
                Assert.Contains("not recorded", guard.Note);
                Assert.Same(loads[1].Stream, guard.Stream);
                Assert.NotSame(loads[0].Stream, loads[1].Stream);
                Frame translated = translator.Translate(frame, out Frame fitted);
                guard.Prepare(fitted, translated);
                Assert.True(guard.Read().IsReadable);
            }
            Assert.DoesNotContain(translator.Stream, loads.Select(load => load.Stream));
        }
        mock.AssertClean();

        static void CannotRecord()
        {
            OnnxRuntimeException inner = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1]));
            throw new EdgeSimException("ONNX Runtime can't record it.", "Use --cuda-graph off.", ExitCode.Missing, inner);
        }
    }

    [Fact]
    public void Frame_of_one_label_Has_nothing_to_judge()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Translator(LiveMode.Latency, FitPolicy.Stretch))
        using (CudaLabelGuard guard = Guard(translator, GuardPolicy.Report))
        {
            Frame sky = GuardedModels.Street();
            Array.Fill(sky.Tags, (byte)11);
            Frame translated = translator.Translate(sky, out Frame fitted);
            guard.Prepare(fitted, translated);
            GuardReading reading = guard.Read();
            Assert.False(reading.IsReadable);
            // Another label space needs another table.
            sky.TagSpace = LabelSpaces.Shared10;
            Array.Fill(sky.Tags, (byte)200);
            guard.Prepare(fitted, translated);
            Assert.True(double.IsNaN(guard.Read().MeanIoU));
            Frame bare = new(64, 32);
            Assert.Contains("has none", Assert.Throws<EdgeSimException>(() => guard.Prepare(bare, bare)).Message);
        }
        mock.AssertClean();
    }

    // The frames' memory is the guard's until it has its own copy; the fake driver sees who does not wait.
    [Theory]
    [InlineData(LiveMode.Latency, GuardPolicy.Report)]
    [InlineData(LiveMode.Latency, GuardPolicy.Passthrough)]
    [InlineData(LiveMode.Throughput, GuardPolicy.Flag)]
    public void Guarded_run_Judges_frames_and_keeps_the_rules(LiveMode mode, GuardPolicy policy)
    {
        const int frames = 6;
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        {
            CudaLiveTranslator live = Translator(mode, FitPolicy.Crop);
            HostGuardNetwork? network = null;
            CudaLabelGuard guard = new(live, _bundle.Manifest.Guard!, (stream, _) => network = new HostGuardNetwork(stream, _bundle, idle: false),
                policy);
            using GuardedTranslator translator = new(live, guard, policy, 1);
            Assert.Equal(policy == GuardPolicy.Passthrough, network!.WarmedUpOn == Environment.CurrentManagedThreadId);
            Assert.NotEqual(0, network.WarmedUpOn);
            Assert.Equal(live.Depth, translator.Depth);
            using StreetSource source = new(frames);
            using CountingSink sink = new();
            LatencyRecorder recorder = new(0);
            new FramePipeline(source, translator, sink, recorder).Run(0, TestContext.Current.CancellationToken);
            GuardReport report = translator.Report();
            Assert.Equal((frames, frames), (sink.Count, report.CheckedFrames + report.MissedFrames));
            Assert.InRange(report.CheckedFrames, 1, frames);
            Assert.Equal(frames, recorder[LatencyStage.Guard].Count);
            // The negative of a street is none.
            Assert.Equal(report.CheckedFrames, report.Flagged);
            Assert.Equal(policy == GuardPolicy.Passthrough ? frames : 0, sink.Untranslated);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Passthrough_and_frames_that_overlap_Do_not_go_together()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator live = Translator(LiveMode.Throughput, FitPolicy.Stretch, idle: true))
        using (CudaLabelGuard guard = Guard(live, GuardPolicy.Passthrough, idle: true))
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => new GuardedTranslator(live, guard, GuardPolicy.Passthrough, 1));
            Assert.Equal(ExitCode.Usage, error.ExitCode);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Guard_of_more_classes_than_a_GPU_counts_Is_refused()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator live = Translator(LiveMode.Latency, FitPolicy.Stretch, idle: true))
        {
            Assert.All(LabelSpaces.All, space => Assert.True(space.Count <= CudaLabelGuard.MaxClasses));
            Assert.Equal(CudaLabelGuard.MaxClasses, Enumerable.Range(1, 200).Last(n => n * (n + 1) * 4 <= 48 * 1024));
        }
        mock.AssertClean();
    }

    [Theory]
    [InlineData(GuardPolicy.Report)]
    [InlineData(GuardPolicy.Passthrough)]
    public void A_reading_Allocates_nothing(GuardPolicy policy)
    {
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Translator(LiveMode.Latency, FitPolicy.Crop, idle: true))
        using (CudaLabelGuard guard = Guard(translator, policy, idle: true))
        {
            Frame frame = Frame(101, 57, 1);
            long least = long.MaxValue;
            for (int round = 0; round < 5 && least > 0; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 200; i++)
                {
                    Frame translated = translator.Translate(frame, out Frame fitted);
                    guard.Prepare(fitted, translated);
                    guard.Read();
                }
                least = round == 0 ? long.MaxValue : Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.Equal(0, least);
        }
        mock.AssertClean();
    }

    // Each call of each function of three guarded frames' way, out of memory and on a device that is lost just then.
    [Theory]
    [InlineData(MockCuda.OutOfMemory, GuardPolicy.Passthrough)]
    [InlineData(MockCuda.LaunchFailed, GuardPolicy.Passthrough)]
    [InlineData(MockCuda.LaunchFailed, GuardPolicy.Report)]
    public void Failure_of_any_call_Gives_one_error_and_leaves_nothing_behind(int code, GuardPolicy policy)
    {
        string[] functions =
        [
            "cuStreamCreateWithPriority", "cuMemAlloc_v2", "cuMemHostAlloc", "cuMemcpyHtoD_v2", "cuMemcpyHtoDAsync_v2", "cuMemsetD8Async",
            "cuLaunchKernel", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize",
        ];
        if (policy == GuardPolicy.Report)
            functions = [.. functions, "cuEventCreate", "cuEventRecord", "cuStreamWaitEvent", "cuEventSynchronize"];
        MockCuda.AssertEachFailureIsClean(functions, code, () =>
        {
            using CudaLiveTranslator live = Translator(LiveMode.Latency, FitPolicy.Crop, idle: true);
            using CudaLabelGuard guard = Guard(live, policy, idle: true);
            using GuardedTranslator translator = new(live, guard, policy, 1);
            foreach (int height in new[] { 57, 57, 58 })
            {
                translator.Translate(Frame(101, height, 1), out _);
                translator.ThrowIfFailed();
            }
        });
    }

    private static void AssertEqual(LabelGuard expected, GuardReading reading, CudaLabelGuard guard, GuardReading actual)
    {
        for (int t = 0; t < expected.Space.Count; t++)
        {
            for (int p = 0; p <= expected.Space.Count; p++)
            {
                Assert.Equal(expected.Confusion[t, p], guard.Confusion[t, p]);
                Assert.Equal(expected.UntranslatedConfusion[t, p], guard.UntranslatedConfusion[t, p]);
            }
        }
        Assert.Equal((reading.Frame, reading.MeanIoU, reading.UntranslatedMeanIoU),
            (actual.Frame, actual.MeanIoU, actual.UntranslatedMeanIoU));
        Assert.Equal(reading.Likelihood, actual.Likelihood, 1e-6);
        Assert.Equal(reading.UntranslatedLikelihood, actual.UntranslatedLikelihood, 1e-6);
        Assert.Equal(reading.MovedLikelihood, actual.MovedLikelihood, 1e-6);
        Assert.Equal(reading.ObjectsKept, actual.ObjectsKept, 1e-6);
        Assert.True(actual.IsReadable && actual.Likelihood < actual.UntranslatedLikelihood);
    }

    private static CudaLiveTranslator Translator(LiveMode mode, FitPolicy policy, bool idle = false, CudaGraphUse graph = CudaGraphUse.Auto) => new(
        CudaDevice.Open(CudaDriver.Load(MockCuda.Path)), (stream, _) => new FakeNetwork(stream, 64, 48, 0, idle), null, policy, "negative",
        new CudaSessionOptions { Graph = graph }, mode);

    private CudaLabelGuard Guard(CudaLiveTranslator translator, GuardPolicy policy, bool idle = false) =>
        new(translator, _bundle.Manifest.Guard!, (stream, _) => new HostGuardNetwork(stream, _bundle, idle), policy);

    // A street whose vehicle moves, with some noise.
    private static Frame Frame(int width, int height, int seed)
    {
        Frame frame = GuardedModels.Street(width, height, vehicleAt: 12 + (7 * seed));
        Random random = new(seed);
        for (int i = 0; i < frame.Bgra.Length; i++)
            frame.Bgra[i] = (byte)Math.Clamp(frame.Bgra[i] + random.Next(-30, 31), 0, 255);
        frame.Id = (ulong)seed;
        return frame;
    }

    private sealed class StreetSource(int count) : IFrameSource
    {
        private int _next;

        public string Description => "street";

        public double NominalRate => 0;

        public long? FrameCount => count;

        public bool IsLive => false;

        public FrameDrops Drops => default;

        public Frame? Take(CancellationToken cancellation)
        {
            if (_next == count)
                return null;
            Frame frame = Frame(101, 57, _next++);
            frame.Stamps.Taken = FrameStamps.Now;
            return frame;
        }

        public void Return(Frame frame)
        {
            // The next one is another.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class CountingSink : IFrameSink
    {
        public int Count { get; private set; }

        public int Untranslated { get; private set; }

        public void Write(Frame source, Frame translated)
        {
            Assert.Equal((ulong)Count++, translated.Id);
            Untranslated += ReferenceEquals(source, translated) ? 1 : 0;
        }

        public void Complete()
        {
            // Nothing is held back.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
