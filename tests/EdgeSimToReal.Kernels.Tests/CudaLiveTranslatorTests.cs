using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A frame's whole way on a device: the fake driver, the real kernels, a network that gives the negative.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class CudaLiveTranslatorTests
{
    [Theory]
    [InlineData(64, 48, FitPolicy.Exact)]
    [InlineData(101, 33, FitPolicy.Letterbox)]
    [InlineData(101, 33, FitPolicy.Crop)]
    [InlineData(31, 77, FitPolicy.Stretch)]
    public void Frame_Equals_the_CPU_path_with_one_upload_and_one_download(int width, int height, FitPolicy policy)
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(policy, labels: null))
        {
            Assert.False(translator.NeedsTags);
            for (int i = 1; i <= 3; i++)
            {
                Frame source = Noise(width, height, i);
                source.Id = (ulong)i;
                Frame translated = translator.Translate(source, out Frame fitted);
                PixelConverter converter = new(FrameGeometry.Create(width, height, 64, 48, policy));
                float[] planes = new float[converter.Geometry.NetworkValues];
                byte[] expected = new byte[converter.Geometry.OutputBytes], cut = new byte[expected.Length];
                converter.Prepare(source.Bgra, planes);
                converter.Finish(Array.ConvertAll(planes, value => -value), expected);
                converter.CropPicture(source.Bgra, cut);
                Assert.Equal(expected, translated.Bgra);
                Assert.Equal(cut, fitted.Bgra);
                Assert.Equal(source.Id, translated.Id);
                Assert.True(source.Stamps.Prepared <= source.Stamps.Inferred && source.Stamps.Inferred <= source.Stamps.Finished);
                Assert.Equal(i, mock.Calls("cuMemcpyHtoDAsync_v2"));
                Assert.Equal(i, mock.Calls("cuMemcpyDtoHAsync_v2"));
            }
        }
        mock.AssertClean();
    }

    [Fact]
    public void Another_size_or_thread_Is_no_matter()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(FitPolicy.Letterbox, labels: null))
        {
            int live = 0;
            foreach ((int width, int height) in new[] { (20, 10), (90, 70), (20, 10) })
            {
                Thread thread = new(() => Assert.Equal(width, translator.Translate(Noise(width, height, 1), out _).Width));
                thread.Start();
                thread.Join();
                live = live == 0 ? mock.Live : live;
                Assert.Equal(live, mock.Live);
            }
        }
        mock.AssertClean();
    }

    [Fact]
    public void Labels_Reach_the_network()
    {
        MockCuda mock = new();
        using (MockKernels kernels = new(mock))
        using (CudaLiveTranslator translator = Open(FitPolicy.Exact, new LabelInput(LabelSpaces.Common16, 4)))
        {
            Assert.True(translator.NeedsTags);
            Frame source = new(64, 48, withTags: true) { TagSpace = LabelSpaces.Common16 };
            Array.Fill(source.Bgra, (byte)255);
            Array.Clear(source.Tags);
            // All road, class 0: its share is 1 everywhere, so the network gives 1 - 1 = 0, grey.
            Assert.Equal(128, translator.Translate(source, out _).Bgra[0]);
            Array.Fill(source.Tags, (byte)5);
            Assert.Equal(0, translator.Translate(source, out _).Bgra[0]);
            Assert.Throws<EdgeSimException>(() => translator.Translate(Noise(64, 48, 1), out _));
        }
        mock.AssertClean();
    }

    [Fact]
    public void A_frame_Allocates_nothing()
    {
        MockCuda mock = new();
        using (CudaLiveTranslator translator = Open(FitPolicy.Crop, labels: null, idle: true))
        {
            Frame source = Noise(100, 60, 1);
            long least = long.MaxValue;
            for (int round = 0; round < 5 && least > 0; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 200; i++)
                    translator.Translate(source, out _);
                least = round == 0 ? long.MaxValue : Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.Equal(0, least);
        }
        mock.AssertClean();
    }

    // Each call of each function of two frames' way with another size in between, out of memory and on a device that is lost just then.
    [Theory]
    [InlineData(MockCuda.OutOfMemory)]
    [InlineData(MockCuda.LaunchFailed)]
    public void Failure_of_any_call_Gives_one_error_and_leaves_nothing_behind(int code)
    {
        string[] functions =
        [
            "cuModuleLoadDataEx", "cuCtxGetStreamPriorityRange", "cuStreamCreateWithPriority", "cuMemAlloc_v2", "cuMemHostAlloc", "cuCtxSetCurrent", "cuMemcpyHtoD_v2",
            "cuMemcpyHtoDAsync_v2", "cuLaunchKernel", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize",
        ];
        MockCuda.AssertEachFailureIsClean(functions, code, TwoFrames);

        static void TwoFrames()
        {
            using CudaLiveTranslator translator = Open(FitPolicy.Letterbox, labels: null, idle: true);
            translator.Translate(Noise(20, 10, 1), out _);
            translator.Translate(Noise(90, 70, 1), out _);
        }
    }

    private static CudaLiveTranslator Open(FitPolicy policy, LabelInput? labels, bool idle = false) => new(
        CudaDevice.Open(CudaDriver.Load(MockCuda.Path)),
        (stream, _) => new FakeNetwork(stream, 64, 48, labels is null ? 0 : labels.Space.Count * 16 * 12, idle), labels, policy,
        "negative", new CudaSessionOptions(), LiveMode.Latency);

    private static Frame Noise(int width, int height, int seed)
    {
        Frame frame = new(width, height);
        new Random(seed).NextBytes(frame.Bgra);
        return frame;
    }
}
