using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Cuda;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>A device that was chosen, and why.</summary>
/// <param name="Device"><see cref="LiveDevice.Cpu"/> or <see cref="LiveDevice.Cuda"/>.</param>
/// <param name="Reason">One line for people.</param>
public sealed record DeviceChoice(LiveDevice Device, string Reason)
{
    private const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>Chooses between what was asked for and what there is.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <exception cref="EdgeSimException">A GPU was asked for and can't be used.</exception>
    public static DeviceChoice Make(LiveDevice asked) => Make(asked, OrtEnv.Instance().GetAvailableProviders(), CudaDriver.DefaultLibrary);

    /// <summary>The same on a machine that is described.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="providers">ONNX Runtime's execution providers.</param>
    /// <param name="driver">The CUDA driver's library.</param>
    internal static DeviceChoice Make(LiveDevice asked, IReadOnlyCollection<string> providers, string driver)
    {
        if (asked == LiveDevice.Cpu)
            return new DeviceChoice(LiveDevice.Cpu, "Device: CPU, as asked.");
        try
        {
            // The driver first: without one the other package would not help.
            using CudaDevice device = CudaDevice.Open(CudaDriver.Load(driver));
            if (KernelManifest.Embedded.TargetFor(device.ComputeCapability) is null)
                throw CudaModule.TooOld(device);
            if (!providers.Contains(CudaProvider))
            {
                throw new EdgeSimException($"There is {device}, but this build carries ONNX Runtime for the CPU.",
                    "Build with -p:OrtGpu=cuda, or use --device cpu.", ExitCode.Missing);
            }
            return new DeviceChoice(LiveDevice.Cuda, $"Device: {device}, compute capability {device.ComputeCapability / 10.0:0.0}.");
        }
        catch (EdgeSimException error) when (asked == LiveDevice.Auto)
        {
            return new DeviceChoice(LiveDevice.Cpu, $"Device: CPU. {error.Message}");
        }
    }
}
