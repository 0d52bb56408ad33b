using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Tests.Cuda;

/// <summary>Whatever fails: one error that says what, where and how to mend it, and nothing is left behind.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class CudaFailureTests
{
    [Fact]
    public void Machine_without_a_driver_Is_told_so()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CudaDriver.Load("libcuda-that-is-not-there.so.1"));
        Assert.Equal("The CUDA driver's library 'libcuda-that-is-not-there.so.1' is not on this machine. "
            + "Install NVIDIA's driver, or use --device cpu.", error.Message);
        Assert.Equal(ExitCode.Missing, error.ExitCode);
    }

    [Fact]
    public void Library_without_the_functions_Is_too_old()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CudaDriver.Load("libm.so.6"));
        Assert.Contains("The CUDA driver 'libm.so.6' is too old", error.Message, StringComparison.Ordinal);
        Assert.Contains("cuInit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Machine_without_a_GPU_Is_told_so()
    {
        MockCuda mock = new(devices: 0);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CudaDriver.Load(MockCuda.Path));
        Assert.StartsWith("CUDA can't start: CUDA_ERROR_NO_DEVICE", error.Message, StringComparison.Ordinal);
        Assert.Contains("nvidia-smi", error.Message, StringComparison.Ordinal);
        mock.AssertClean();
    }

    [Fact]
    public void Device_that_is_not_there_Is_named()
    {
        MockCuda mock = new(devices: 2);
        CudaDriver driver = CudaDriver.Load(MockCuda.Path);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => CudaDevice.Open(driver, 2));
        Assert.StartsWith("CUDA can't open GPU 2: CUDA_ERROR_INVALID_DEVICE", error.Message, StringComparison.Ordinal);
        using (CudaDevice second = CudaDevice.Open(driver, 1))
            Assert.Equal("GPU 1 (Mock GPU 1)", second.ToString());
        mock.AssertClean();
    }

    [Fact]
    public void Device_too_old_for_the_kernels_Is_told_so()
    {
        MockCuda mock = new(capability: 61);
        using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => new CudaModule(device, KernelManifest.Embedded));
            Assert.Equal("GPU 0 (Mock GPU 0) has the compute capability 6.1, and the kernels need 7.5 (Turing) or later. "
                + "Use another GPU or --device cpu.", error.Message);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Memory_that_runs_out_Says_how_much_was_asked()
    {
        MockCuda mock = new(memoryLimit: 1000);
        using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
        using (DeviceBuffer<int> first = new(device, 200))
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => new DeviceBuffer<int>(device, 100));
            Assert.Equal("CUDA can't allocate 400 bytes on GPU 0 (Mock GPU 0): CUDA_ERROR_OUT_OF_MEMORY (out of memory). "
                + "Free GPU memory (nvidia-smi lists who holds it), run at a smaller size, or use --device cpu.", error.Message);
        }
        mock.AssertClean();
    }

    [Fact]
    public void Launch_failure_Shows_where_the_work_is_waited_for_and_loses_the_device()
    {
        MockCuda mock = new();
        using (CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path)))
        using (CudaStream stream = new(device))
        using (DeviceBuffer<int> memory = new(device, 10))
        {
            stream.Clear(memory);
            mock.Fail("cuStreamSynchronize", MockCuda.LaunchFailed);
            EdgeSimException error = Assert.Throws<EdgeSimException>(stream.Synchronize);
            Assert.StartsWith("CUDA can't finish the queued work: CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure).", error.Message,
                StringComparison.Ordinal);
            Assert.Contains("start the program again", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<EdgeSimException>(() => stream.Clear(memory));
            Assert.Contains("CUDA_ERROR_LAUNCH_FAILED", error.Message, StringComparison.Ordinal);
        }
        mock.AssertClean();
    }

    // Each call of each function of a frame's way, from the first to the last, out of memory and on a device that is lost just then.
    [Theory]
    [InlineData(MockCuda.OutOfMemory)]
    [InlineData(MockCuda.IllegalAddress)]
    public void Failure_of_any_call_Gives_one_error_and_leaves_nothing_behind(int code)
    {
        string[] functions =
        [
            "cuInit", "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetAttribute", "cuDevicePrimaryCtxRetain", "cuCtxSetCurrent",
            "cuModuleLoadDataEx", "cuModuleGetFunction", "cuCtxGetStreamPriorityRange", "cuStreamCreateWithPriority", "cuEventCreate", "cuMemAlloc_v2", "cuMemHostAlloc",
            "cuMemcpyHtoD_v2", "cuMemcpyHtoDAsync_v2", "cuMemsetD8Async", "cuLaunchKernel", "cuEventRecord", "cuStreamWaitEvent",
            "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize", "cuEventSynchronize",
        ];
        MockCuda.AssertEachFailureIsClean(functions, code, RunFrame);
    }

    private static void RunFrame()
    {
        FrameGeometry geometry = FrameGeometry.Create(40, 30, 32, 32, FitPolicy.Letterbox);
        using CudaDevice device = CudaDevice.Open(CudaDriver.Load(MockCuda.Path));
        using CudaModule module = new(device, KernelManifest.Embedded);
        using CudaStream stream = new(device), other = new(device);
        using CudaEvent done = new(device);
        using CudaPixelConverter converter = new(module, geometry, half: false);
        using PinnedBuffer<uint> host = new(device, 40 * 30);
        using DeviceBuffer<uint> frame = new(device, 40 * 30);
        using DeviceBuffer<float> planes = new(device, geometry.NetworkValues);
        stream.Upload(host, frame);
        stream.Clear(planes);
        converter.Prepare(stream, frame.View, planes.View);
        done.Record(stream);
        other.Wait(done);
        converter.Finish(other, planes.View, frame.View);
        other.Download(frame, host);
        other.Synchronize();
        done.Synchronize();
    }
}
