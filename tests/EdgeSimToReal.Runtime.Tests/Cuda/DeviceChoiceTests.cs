using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Runtime.Tests.Cuda;

/// <summary>Which device is taken, and the one line that says why.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class DeviceChoiceTests
{
    private const string NoDriver = "libcuda-that-is-not-there.so.1";
    private static readonly string[] CpuOnly = ["CPUExecutionProvider"];
    private static readonly string[] WithCuda = ["CUDAExecutionProvider", "CPUExecutionProvider"];

    [Fact]
    public void Gpu_Is_taken_where_it_can_be_used_and_only_where_it_may()
    {
        MockCuda mock = new();
        DeviceChoice gpu = new(LiveDevice.Cuda, "Device: GPU 0 (Mock GPU 0), compute capability 8.0.");
        Assert.Equal(gpu, DeviceChoice.Make(LiveDevice.Auto, WithCuda, MockCuda.Path));
        Assert.Equal(gpu, DeviceChoice.Make(LiveDevice.Cuda, WithCuda, MockCuda.Path));
        Assert.Equal(new DeviceChoice(LiveDevice.Cpu, "Device: CPU, as asked."),
            DeviceChoice.Make(LiveDevice.Cpu, WithCuda, MockCuda.Path));
        mock.AssertClean();
    }

    [Theory]
    [InlineData(1, 80, false, true, "There is GPU 0 (Mock GPU 0), but this build carries ONNX Runtime for the CPU.")]
    [InlineData(1, 70, true, true, "GPU 0 (Mock GPU 0) has the compute capability 7.0, and the kernels need 7.5 (Turing) or later.")]
    [InlineData(0, 80, true, true, "CUDA can't start: CUDA_ERROR_NO_DEVICE")]
    [InlineData(1, 80, true, false, "The CUDA driver's library 'libcuda-that-is-not-there.so.1' is not on this machine.")]
    public void Without_Auto_takes_the_CPU_and_cuda_is_an_error(int devices, int capability, bool provider, bool driver, string reason)
    {
        MockCuda mock = new(devices, capability);
        string[] providers = provider ? WithCuda : CpuOnly;
        string path = driver ? MockCuda.Path : NoDriver;
        DeviceChoice choice = DeviceChoice.Make(LiveDevice.Auto, providers, path);
        Assert.Equal(LiveDevice.Cpu, choice.Device);
        Assert.StartsWith($"Device: CPU. {reason}", choice.Reason, StringComparison.Ordinal);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => DeviceChoice.Make(LiveDevice.Cuda, providers, path));
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Missing, error.ExitCode);
        mock.AssertClean();
    }
}
