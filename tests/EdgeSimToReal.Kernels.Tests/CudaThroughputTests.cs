using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>Frames that overlap, on the fake driver, which runs streams late and notices memory that two of them touch at once.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class CudaThroughputTests
{
    [Theory]
    [InlineData(64, 48, FitPolicy.Exact)]
    [InlineData(101, 33, FitPolicy.Letterbox)]
    [InlineData(101, 33, FitPolicy.Crop)]
    public void Frames_Equal_the_CPU_path_in_order_with_one_upload_and_one_download_each(int width, int height, FitPolicy policy)
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(policy))
        {
            const int frames = 11;
            int collected = 0;
            PixelConverter converter = new(FrameGeometry.Create(width, height, 64, 48, policy));
            Frame source = new(width, height, withTags: true) { TagSpace = LabelSpaces.Carla29 };
            for (int i = 0; i < frames; i++)
            {
                Fill(source, i);
                source.Stamps = new FrameStamps { Taken = FrameStamps.Now };
                translator.Submit(source);
                // The source's memory is free at once.
                Array.Clear(source.Bgra);
                if (i - collected + 1 == translator.Depth)
                    Check(collected++);
            }
            while (collected < frames)
                Check(collected++);
            Assert.Equal((frames, frames), (mock.Calls("cuMemcpyHtoDAsync_v2"), mock.Calls("cuMemcpyDtoHAsync_v2")));
            // Streams wait for events, and the host for the download alone.
            Assert.Equal((3 * frames, 2 * frames, frames, 0),
                (mock.Calls("cuEventRecord"), mock.Calls("cuStreamWaitEvent"), mock.Calls("cuEventSynchronize"), mock.Calls("cuStreamSynchronize")));

            void Check(int index)
            {
                Frame translated = translator.Collect(out Frame fitted);
                Frame expected = new(width, height, withTags: true);
                Fill(expected, index);
                float[] planes = new float[converter.Geometry.NetworkValues];
                byte[] picture = new byte[converter.Geometry.OutputBytes], cut = new byte[picture.Length], tags = new byte[picture.Length / 4];
                converter.Prepare(expected.Bgra, planes);
                converter.Finish(Array.ConvertAll(planes, value => -value), picture);
                converter.CropPicture(expected.Bgra, cut);
                converter.CropTags(expected.Tags, tags);
                Assert.Equal(picture, translated.Bgra);
                Assert.Equal(cut, fitted.Bgra);
                Assert.Equal(tags, fitted.Tags);
                Assert.Equal(((ulong)index, (ulong)index), (translated.Id, fitted.Id));
                FrameStamps stamps = fitted.Stamps;
                Assert.True(stamps.Taken > 0 && stamps.Taken <= stamps.Prepared && stamps.Prepared <= stamps.Inferred
                    && stamps.Inferred <= stamps.Finished);
            }
        }
        mock.AssertClean();
    }

    [Fact]
    public void Work_Overlaps_on_the_device_and_the_live_stream_goes_first()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Open(FitPolicy.Exact, idle: true))
        {
            Frame source = new(64, 48);
            for (int i = 0; i < translator.Depth; i++)
                translator.Submit(source);
            // Nothing was waited for: all three are in flight.
            Assert.Equal((3, 0, 0), (translator.Depth, mock.Calls("cuEventSynchronize"), mock.Calls("cuStreamSynchronize")));
            Assert.True(mock.Priority(translator.Stream.Handle) < 0);
            Assert.Contains("throughput mode, fp32, CUDA graph off", translator.Device);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Labels_Reach_the_network_frame_by_frame()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(FitPolicy.Exact, labels: new LabelInput(LabelSpaces.Common16, 4)))
        {
            Frame source = new(64, 48, withTags: true) { TagSpace = LabelSpaces.Common16 };
            Array.Fill(source.Bgra, (byte)255);
            // Road, class 0, in every other frame: the network gives 1 - 1 = 0, grey, or 0 - 1.
            for (int i = 0; i < 6; i++)
            {
                Array.Fill(source.Tags, (byte)(i % 2 * 5));
                translator.Submit(source);
                if (i >= 1)
                    Assert.Equal(i % 2 == 1 ? 128 : 0, translator.Collect(out _).Bgra[0]);
            }
        }
        mock.AssertClean();
    }

    [Fact]
    public void Size_May_change_while_frames_are_in_flight()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(FitPolicy.Letterbox))
        {
            (int Width, int Height)[] sizes = [(20, 10), (90, 70), (33, 31), (20, 10), (90, 70), (20, 10), (11, 90)];
            for (int i = 0; i < sizes.Length + 2; i++)
            {
                if (i < sizes.Length)
                    translator.Submit(new Frame(sizes[i].Width, sizes[i].Height));
                if (i >= 2)
                    Assert.Equal(sizes[i - 2].Width, translator.Collect(out _).Width);
            }
        }
        mock.AssertClean();
    }

    [Fact]
    public void Pipeline_Sends_every_frame_out_in_order_and_allocates_nothing()
    {
        // A run's own thread, events and cancellation; one object in each of 300 frames would be more.
        const long PerRun = 6000;
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Open(FitPolicy.Crop, idle: true))
        {
            using LoopSource source = new(new Frame(100, 60));
            using CheckingSink sink = new();
            LatencyRecorder recorder = new(0);
            FramePipeline pipeline = new(source, translator, sink, recorder);
            long limit = 0;
            long least = long.MaxValue;
            for (int round = 0; round < 6 && least > PerRun; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                pipeline.Run(limit += 300, CancellationToken.None);
                long cost = GC.GetTotalAllocatedBytes(precise: true) - before;
                least = round == 0 ? long.MaxValue : Math.Min(least, cost);
            }
            Assert.Equal((limit, (ulong)limit, 0), (pipeline.Frames, sink.Next, source.Outstanding));
            Assert.True(least <= PerRun, $"{least} bytes");
            Assert.Equal(limit, recorder[LatencyStage.Finish].Count);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Sink_that_fails_Ends_the_run_and_leaves_nothing_out()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Open(FitPolicy.Exact, idle: true))
        {
            using LoopSource source = new(new Frame(64, 48)) { BlocksAfter = 5 };
            using CheckingSink sink = new() { FailsAt = 3 };
            EdgeSimException error = Assert.Throws<EdgeSimException>(
                () => new FramePipeline(source, translator, sink, new LatencyRecorder(0)).Run(0, TestContext.Current.CancellationToken));
            Assert.StartsWith("The disk is full", error.Message, StringComparison.Ordinal);
            Assert.Equal((0, 0), (source.Outstanding, sink.Completed));
        }
        mock.AssertClean();
    }

    [Fact]
    public void Cancelled_run_Sends_out_what_is_in_flight()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Open(FitPolicy.Exact, idle: true))
        {
            using CancellationTokenSource stop = new();
            using LoopSource source = new(new Frame(64, 48)) { OnTake = id => CancelAt(id, stop) };
            using CheckingSink sink = new();
            new FramePipeline(source, translator, sink, new LatencyRecorder(0)).Run(0, stop.Token);
            Assert.Equal((8UL, 1, 0), (sink.Next, sink.Completed, source.Outstanding));
        }
        mock.AssertClean();

        static void CancelAt(ulong id, CancellationTokenSource stop)
        {
            if (id == 7)
                stop.Cancel();
        }
    }

    // Each call of each function of a run with another size in between, out of memory and on a device that is lost just then.
    [Theory]
    [InlineData(MockCuda.OutOfMemory)]
    [InlineData(MockCuda.LaunchFailed)]
    public void Failure_of_any_call_Gives_one_error_and_leaves_nothing_behind(int code)
    {
        string[] functions =
        [
            "cuStreamCreateWithPriority", "cuEventCreate", "cuMemAlloc_v2", "cuMemHostAlloc", "cuMemcpyHtoDAsync_v2", "cuLaunchKernel",
            "cuMemcpyDtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuEventRecord", "cuStreamWaitEvent", "cuEventSynchronize",
        ];
        MockCuda.AssertEachFailureIsClean(functions, code, () =>
        {
            using CudaLiveTranslator translator = Open(FitPolicy.Letterbox, idle: true, new LabelInput(LabelSpaces.Common16, 4));
            using CheckingSink sink = new();
            Frame small = new(20, 10, withTags: true) { TagSpace = LabelSpaces.Common16 };
            using LoopSource source = new(small) { OnTake = id => small.Reshape(id < 2 ? 20 : 30, 10, withTags: true) };
            try
            {
                new FramePipeline(source, translator, sink, new LatencyRecorder(0)).Run(5, CancellationToken.None);
            }
            finally
            {
                Assert.Equal(0, source.Outstanding);
            }
        });
    }

    [Fact]
    public void Fake_driver_Notices_memory_that_two_streams_touch_at_once()
    {
        MockCuda mock = new();
        using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
        using (CudaStream one = new(device), other = new(device))
        using (CudaEvent done = new(device))
        using (DeviceBuffer<int> memory = new(device, 100), copy = new(device, 100))
        using (PinnedBuffer<int> host = new(device, 100))
        {
            one.Clear(memory);
            other.Download(memory, host);
            AssertViolation("cuMemcpyDtoHAsync_v2 reads memory that another stream may still write");
            one.Clear(memory);
            AssertViolation("cuMemsetD8Async writes memory that another stream may still read");
            other.Copy(copy, memory);
            AssertViolation("cuMemcpyDtoDAsync_v2 writes memory that another stream may still write");
            // An event recorded before the work is none for it.
            done.Record(one);
            one.Clear(copy);
            other.Wait(done);
            other.Clear(copy);
            AssertViolation("cuMemsetD8Async writes memory that another stream may still read");
            done.Record(other);
            one.Wait(done);
            one.Clear(copy);
            one.Synchronize();
            other.Clear(copy);
            // Of memory that is not pinned a copy is over only when the context is waited for.
            device.Drain();
            int[] contents = new int[100];
            unsafe
            {
                fixed (int* first = contents)
                {
                    Assert.Equal(0, device.Driver.Upload(memory.Handle, first, memory.ByteCount));
                    one.Clear(memory);
                    AssertViolation("cuMemsetD8Async writes memory that another stream may still write");
                    device.Drain();
                    Assert.Equal(0, device.Driver.Upload(memory.Handle, first, memory.ByteCount));
                    device.Drain();
                    other.Clear(memory);
                }
            }
        }
        mock.AssertClean();

        void AssertViolation(string words)
        {
            Assert.Equal(words, mock.Violation);
            mock.ForgetViolation();
        }
    }

    private static CudaLiveTranslator Open(FitPolicy policy, bool idle = false, LabelInput? labels = null) => new(
        CudaDevice.Open(CudaDriver.Load(MockCuda.Path)),
        (stream, _) => new FakeNetwork(stream, 64, 48, labels is null ? 0 : labels.Space.Count * 16 * 12, idle), labels, policy,
        "negative", new CudaSessionOptions(), LiveMode.Throughput);

    private static void Fill(Frame frame, int seed)
    {
        Random random = new(seed);
        random.NextBytes(frame.Bgra);
        random.NextBytes(frame.Tags);
        frame.Id = (ulong)seed;
    }

    private sealed class LoopSource(Frame frame) : IFrameSource
    {
        private ulong _next;

        public string Description => "loop";

        public double NominalRate => 0;

        public long? FrameCount => null;

        public bool IsLive => true;

        public FrameDrops Drops => default;

        public int Outstanding { get; private set; }

        public ulong BlocksAfter { get; init; } = ulong.MaxValue;

        public Action<ulong>? OnTake { get; init; }

        public Frame? Take(CancellationToken cancellation)
        {
            if (_next == BlocksAfter)
            {
                cancellation.WaitHandle.WaitOne();
                return null;
            }
            OnTake?.Invoke(_next);
            frame.Id = _next++;
            long now = FrameStamps.Now;
            frame.Stamps = new FrameStamps { FirstByte = now, LastByte = now, Taken = now };
            Outstanding++;
            return frame;
        }

        public void Return(Frame returned) => Outstanding--;

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class CheckingSink : IFrameSink
    {
        public ulong Next { get; private set; }

        public int Completed { get; private set; }

        public ulong FailsAt { get; init; } = ulong.MaxValue;

        public void Write(Frame source, Frame translated)
        {
            if (source.Id != Next || translated.Id != Next)
                throw new InvalidOperationException($"Frame {source.Id} came in place of {Next}.");
            if (Next == FailsAt)
                throw new EdgeSimException("The disk is full.", "Make room.", ExitCode.Output);
            Next++;
        }

        public void Complete() => Completed++;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
