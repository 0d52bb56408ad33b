using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.GpuCheck;

/// <summary>All checks of a device, one after another.</summary>
internal static class Check
{
    private const int KernelWidth = 512;
    private const int KernelHeight = 256;

    /// <summary>Runs them.</summary>
    /// <param name="target">What is checked.</param>
    /// <param name="options">What, and how long.</param>
    /// <param name="output">Gets the tables.</param>
    /// <exception cref="EdgeSimException">There is no device, or a bundle is wrong.</exception>
    public static GpuReport Run(GpuTarget target, GpuCheckOptions options, TextWriter output)
    {
        List<string> failures = [];
        // Before any work: a wrong folder is told at once.
        ModelBundle[] bundles = [.. options.Models.Select(ModelBundle.Load)];
        DevicePeaks peaks;
        IReadOnlyList<KernelResult> kernels;
        using (CudaDevice device = target.Open())
        using (CudaModule module = new(device, KernelManifest.Embedded))
        using (CudaStream stream = new(device, StreamPriority.High))
        {
            peaks = DevicePeaks.Measure(stream, options.CopyBytes, target.MatrixPeak);
            output.WriteLine(FormattableString.Invariant(
                $"{device}, compute capability {peaks.ComputeCapability / 10.0:F1}, {peaks.Multiprocessors} multiprocessors at {peaks.ClockGigahertz:F2} GHz, ONNX Runtime {GpuTarget.OnnxRuntime}"));
            output.WriteLine(FormattableString.Invariant(
                $"  memory {peaks.MemoryGigabytesPerSecond:F0} GB/s by its properties, copy {peaks.CopyGigabytesPerSecond:F0} GB/s; TF32 {peaks.SinglePeak / 1e12:F1} TMAC/s, matrix product {peaks.SingleMatrix / 1e12:F1}; fp16 {peaks.HalfPeak / 1e12:F1}, {peaks.HalfMatrix / 1e12:F1}"));
            output.WriteLine("kernels against the CPU path");
            kernels = new KernelChecks(module, stream, options.KernelSize?.Width ?? KernelWidth, options.KernelSize?.Height ?? KernelHeight).Run();
        }
        foreach (KernelResult kernel in kernels)
        {
            output.WriteLine(FormattableString.Invariant(
                $"  {kernel.Kernel,-14} {(kernel.MaxDifference == 0 ? "same bits" : $"differs by {kernel.MaxDifference:E1}")}; {kernel.Milliseconds:F4} ms, {kernel.GigabytesPerSecond:F0} GB/s"));
            if (!(kernel.MaxDifference <= kernel.Allowed))
                failures.Add(FormattableString.Invariant($"kernel {kernel.Kernel} differs by {kernel.MaxDifference:E1}"));
        }
        output.WriteLine($"native operators on the device: {(CudaOps.Available() ? "used" : "not built, standard ones serve")}");
        List<BundleResult> results = [];
        foreach (ModelBundle bundle in bundles)
        {
            try
            {
                foreach (BundleResult result in new BundleChecks(target).Run(bundle, failures))
                {
                    results.Add(result);
                    output.WriteLine(FormattableString.Invariant(
                        $"bundle {result.Bundle} {result.Precision}: relative L2 {result.RelativeL2:E1}, {result.Psnr:F1} dB, worst block {result.WorstBlock:F1} dB; label guard {(result.GuardDifference is { } d ? FormattableString.Invariant($"differs by {d:E1}") : "none")}"));
                }
            }
            catch (Exception error)
            {
                // Whatever it is: the other bundles and the table are still wanted.
                failures.Add($"bundle {bundle.Manifest.Name}: {(error is EdgeSimException ? error.Message : error)}");
            }
        }
        output.WriteLine("latency");
        IReadOnlyList<LatencyRow> latency = new LatencyTable(target, options, peaks).Run(output, failures);
        failures.AddRange(latency.Where(row => row.ManagedBytesPerFrame > 0)
            .Select(row => FormattableString.Invariant($"{row.Model} {row.Size} {row.Precision}: {row.ManagedBytesPerFrame:F1} managed bytes a frame")));
        return new GpuReport
        {
            FinishedUtc = DateTime.UtcNow,
            Device = peaks,
            OnnxRuntime = GpuTarget.OnnxRuntime,
            Kernels = kernels,
            Bundles = results,
            Latency = latency,
            Failures = failures,
        };
    }
}
