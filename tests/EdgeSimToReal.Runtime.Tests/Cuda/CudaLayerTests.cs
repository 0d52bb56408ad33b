using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Cuda;

/// <summary>The driver layer on the fake driver: order, contexts, lifetimes, arguments, allocations.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class CudaLayerTests
{
    [Fact]
    public void Everything_Is_given_back_in_any_order()
    {
        MockCuda mock = new();
        CudaDevice device = Open();
        CudaModule module = new(device, KernelManifest.Embedded);
        CudaStream stream = new(device);
        CudaEvent done = new(device);
        DeviceBuffer<int> memory = new(device, 100);
        PinnedBuffer<int> host = new(device, 100);
        // The context's share, and what lives in it.
        Assert.Equal(6, mock.Live);
        device.Dispose();
        Assert.Equal(6, mock.Live);
        foreach (CudaObject item in new CudaObject[] { memory, done, host, stream, module })
            item.Dispose();
        mock.AssertClean();
        Assert.Throws<ObjectDisposedException>(() => stream.Synchronize());
        Assert.Throws<ObjectDisposedException>(() => host.Span.Clear());
        Assert.Throws<ObjectDisposedException>(device.MakeCurrent);
        device.Dispose();
        mock.AssertClean();
    }

    [Fact]
    public void Objects_Are_freed_on_threads_that_never_saw_the_context()
    {
        MockCuda mock = new();
        CudaDevice device = Open();
        DeviceBuffer<int> memory = new(device, 100);
        Thread other = new(() =>
        {
            memory.Dispose();
            device.Dispose();
        });
        other.Start();
        other.Join();
        mock.AssertClean();
    }

    [Fact]
    public void What_nobody_disposes_Is_collected()
    {
        MockCuda mock = new();
        Forget();
        for (int i = 0; i < 20 && mock.Live > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        mock.AssertClean();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget()
        {
            CudaDevice device = Open();
            _ = new CudaStream(device);
            _ = new DeviceBuffer<float>(device, 10);
            _ = new CudaModule(device, KernelManifest.Embedded);
        }
    }

    [Fact]
    public void Copies_Run_in_the_streams_order_and_end_with_Synchronize()
    {
        MockCuda mock = new();
        using (CudaDevice device = Open())
        using (CudaStream up = new(device), down = new(device))
        using (CudaEvent uploaded = new(device))
        using (DeviceBuffer<int> memory = new(device, 1000))
        using (PinnedBuffer<int> source = new(device, 1000), target = new(device, 1000))
        {
            for (int i = 0; i < 1000; i++)
                (source.Span[i], target.Span[i]) = (i * i, -1);
            up.Upload(source, memory);
            uploaded.Record(up);
            down.Wait(uploaded);
            down.Download(memory, target);
            // Queued, not done.
            Assert.Equal(-1, target.Span[7]);
            down.Synchronize();
            Assert.Equal(source.Span.ToArray(), target.Span.ToArray());
            up.Clear(memory);
            uploaded.Record(up);
            uploaded.Synchronize();
            down.Download(memory, target);
            down.Synchronize();
            Assert.All(target.Span.ToArray(), value => Assert.Equal(0, value));
            Assert.Throws<ArgumentOutOfRangeException>(() => up.Upload(source, new DeviceBuffer<int>(device, 999)));
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        mock.AssertClean();
    }

    [Fact]
    public void Filled_memory_Holds_what_was_given()
    {
        MockCuda mock = new();
        using (CudaDevice device = Open())
        using (CudaStream stream = new(device))
        using (DeviceBuffer<ushort> memory = new(device, [3, 1, 4, 1, 5]))
        using (PinnedBuffer<ushort> host = new(device, 5))
        {
            stream.Download(memory, host);
            stream.Synchronize();
            Assert.Equal([3, 1, 4, 1, 5], host.Span.ToArray());
        }
        mock.AssertClean();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(33, 9)]
    [InlineData(131, 77)]
    public void Launches_Cover_the_picture_in_whole_groups(int width, int height)
    {
        MockCuda mock = new();
        using (CudaDevice device = Open())
        using (CudaModule module = new(device, KernelManifest.Embedded))
        using (CudaStream stream = new(device))
        using (CudaPixelConverter converter = new(module, FrameGeometry.Create(width, height, 64, 48, FitPolicy.Letterbox), half: true))
        using (DeviceBuffer<uint> frame = new(device, width * height))
        using (DeviceBuffer<ushort> planes = new(device, 3 * 64 * 48))
        {
            converter.Prepare(stream, frame.View, planes.View);
            AssertLaunch(mock, "PrepareHalf", 2, 6, 1, 32, 8, 1, 0);
            converter.Finish(stream, planes.View, frame.View);
            AssertLaunch(mock, "FinishHalf", (uint)(width + 31) / 32, (uint)(height + 7) / 8, 1, 32, 8, 1, 0);
            Assert.Throws<ArgumentException>(() => converter.Prepare(stream, planes.View, planes.View));
            Assert.Throws<ArgumentException>(() => converter.Finish(stream, planes.View, planes.View));
            stream.Synchronize();
        }
        mock.AssertClean();
    }

    [Fact]
    public void Label_kernels_Take_their_arguments()
    {
        MockCuda mock = new();
        using (CudaDevice device = Open())
        using (CudaModule module = new(device, KernelManifest.Embedded))
        using (CudaStream stream = new(device))
        using (DeviceBuffer<byte> ids = new(device, 1000), table = new(device, 256))
        using (DeviceBuffer<int> counts = new(device, 16 * 17))
        using (DeviceBuffer<float> scores = new(device, 16 * 1000))
        using (DeviceBuffer<uint> picture = new(device, 1000), colours = new(device, 256))
        {
            module.Kernel<RemapArguments>("Remap").Launch(stream, 1000, 1, new(ids.View, table.View, ids.View));
            AssertLaunch(mock, "Remap", 4, 1, 1, 256, 1, 1, 0);
            module.Kernel<ArgMaxArguments>("ArgMaxSingle").Launch(stream, 1000, 1, new(scores.View, 16, ids.View));
            module.Kernel<ConfusionArguments>("Confusion").Launch(
                stream, 512, 1, new(ids.View, ids.View, 16, counts.View), counts.Length * sizeof(int));
            AssertLaunch(mock, "Confusion", 2, 1, 1, 256, 1, 1, 16 * 17 * 4);
            module.Kernel<OverlayArguments>("Overlay").Launch(
                stream, 1000, 1, new(picture.View, ids.View, colours.View, 128, picture.View));
            stream.Synchronize();
        }
        mock.AssertClean();
    }

    [Fact]
    public void Arguments_Of_another_kernel_Are_refused()
    {
        MockCuda mock = new();
        using (CudaDevice device = Open())
        using (CudaModule module = new(device, KernelManifest.Embedded))
            Assert.Throws<ArgumentException>(() => module.Kernel<ArgMaxArguments>("Remap"));
        mock.AssertClean();
    }

    [Fact]
    public void A_frame_Allocates_nothing()
    {
        MockCuda mock = new();
        FrameGeometry geometry = FrameGeometry.Create(100, 60, 64, 48, FitPolicy.Crop);
        using (CudaDevice device = Open())
        using (CudaModule module = new(device, KernelManifest.Embedded))
        using (CudaStream stream = new(device), other = new(device))
        using (CudaEvent done = new(device))
        using (CudaPixelConverter converter = new(module, geometry, half: false))
        using (PinnedBuffer<uint> source = new(device, 100 * 60), result = new(device, geometry.OutputWidth * geometry.OutputHeight))
        using (DeviceBuffer<uint> frame = new(device, source.Length), picture = new(device, result.Length))
        using (DeviceBuffer<float> planes = new(device, geometry.NetworkValues))
        {
            Allocations.AssertNone(200, () =>
            {
                stream.Upload(source, frame);
                stream.Clear(planes);
                converter.Prepare(stream, frame.View, planes.View);
                done.Record(stream);
                other.Wait(done);
                converter.Finish(other, planes.View, picture.View);
                other.Download(picture, result);
                other.Synchronize();
                source.Span[0]++;
            });
        }
        mock.AssertClean();
    }

    [Fact]
    public void Fake_driver_Notices_broken_rules()
    {
        // The other tests mean nothing unless these are seen.
        MockCuda mock = new();
        using CudaDevice device = Open();
        using CudaStream stream = new(device);
        using DeviceBuffer<int> memory = new(device, 10);
        Thread stranger = new(() => Assert.Throws<EdgeSimException>(stream.Synchronize));
        stranger.Start();
        stranger.Join();
        AssertViolation("cuStreamSynchronize without a current context");
        unsafe
        {
            CudaDriver driver = device.Driver;
            Assert.NotEqual(0, driver.DownloadAsync(memory.Handle, memory.Handle, 40, stream.Handle));
            AssertViolation("cuMemcpyDtoHAsync_v2 with host memory that is not pinned");
            Assert.NotEqual(0, driver.FillAsync(memory.Handle, 0, 41, stream.Handle));
            AssertViolation("cuMemsetD8Async beyond device memory that lives");
            Assert.NotEqual(0, driver.StreamSynchronize(0));
            AssertViolation("cuStreamSynchronize on the default stream");
            Assert.NotEqual(0, driver.MemoryFree(memory.Handle + 8));
            AssertViolation("cuMemFree_v2 of memory that does not live");
            Assert.NotEqual(0, driver.PrimaryContextRelease(0) | driver.PrimaryContextRelease(0));
            AssertViolation("the context was released before its objects");
            nint context;
            Assert.Equal(0, driver.PrimaryContextRetain(&context, 0));
        }

        void AssertViolation(string words)
        {
            Assert.Equal(words, mock.Violation);
            mock.ForgetViolation();
        }
    }

    private static void AssertLaunch(MockCuda mock, string kernel, params uint[] shape)
    {
        Assert.Equal(kernel, mock.LastLaunch.Kernel);
        Assert.Equal(shape, mock.LastLaunch.Shape);
    }

    private static CudaDevice Open() => CudaDevice.Open(CudaDriver.Load(MockCuda.Path));
}
