using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The driver layer as on a GPU, its launches done by the CPU accelerator: what goes wrong between the two shows here.</summary>
internal static class MockCudaKernelDevice
{
    /// <summary>The suite's device on the fake driver; skips the test where that isn't built.</summary>
    public static IKernelDevice Open()
    {
        MockCuda mock = new();
        MockKernels kernels = new(mock);
        return new CudaKernelDevice(CudaDevice.Open(CudaDriver.Load(MockCuda.Path)), () =>
        {
            kernels.Dispose();
            mock.AssertClean();
        });
    }
}
