using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.GpuCheck;

/// <summary>All checks of a device, one after another; what fails is told in the report, and the others still run.</summary>
/// <param name="target">What is checked.</param>
/// <param name="options">What, and how long.</param>
/// <param name="output">Gets the tables.</param>
/// <param name="save">Gets the report so far, again and again: what was measured is kept whatever comes.</param>
internal sealed class Check(GpuTarget target, GpuCheckOptions options, TextWriter output, Action<GpuReport> save)
{
    private const int KernelWidth = 512;
    private const int KernelHeight = 256;

    private readonly List<KernelResult> _kernels = [];
    private readonly List<OperatorResult> _operators = [];
    private readonly List<BundleResult> _bundles = [];
    private readonly List<LatencyRow> _latency = [];
    private readonly List<string> _failures = [];
    private DevicePeaks? _peaks;
    private string? _refused;

    /// <summary>Runs them.</summary>
    /// <exception cref="EdgeSimException">There is no device, or a bundle is wrong: nothing was checked.</exception>
    public GpuReport Run()
    {
        // Before any work: a wrong folder is told at once, and a machine without a GPU.
        ModelBundle[] bundles = [.. options.Models.Select(ModelBundle.Load)];
        target.Open().Dispose();
        if (options.Suites is { } suites && !(suites.Contains("Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal)
            && suites.EndsWith("exit code 0", StringComparison.Ordinal) && !suites.Contains("Total: 0", StringComparison.Ordinal)))
        {
            _failures.Add($"the device test suites did not pass: {suites}");
        }
        // In the place of an earlier run's report.
        save(Report());
        Section("device", Device);
        Section("kernels", Kernels);
        Section("native operators", Operators);
        foreach (ModelBundle bundle in bundles)
            Section($"bundle {bundle.Manifest.Name}", () => Bundle(bundle));
        output.WriteLine("latency");
        Section("latency", Latency);
        GpuReport report = Report() with { FinishedUtc = DateTime.UtcNow };
        save(report);
        return report;
    }

    private void Section(string name, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            _failures.Add($"{name}: {(error is EdgeSimException ? error.Message : error)}");
            output.WriteLine($"{name} failed: {error.Message}");
        }
        save(Report());
    }

    private void Device() => OnDevice((_, stream) =>
    {
        CudaDevice device = stream.Device;
        _peaks = DevicePeaks.Measure(stream, options.CopyBytes, target.MatrixPeak);
        output.WriteLine(FormattableString.Invariant(
            $"{device}, compute capability {_peaks.ComputeCapability / 10.0:F1}, {_peaks.Multiprocessors} multiprocessors at {_peaks.ClockGigahertz:F2} GHz, ONNX Runtime {GpuTarget.OnnxRuntime}"));
        output.WriteLine(FormattableString.Invariant(
            $"  memory {_peaks.MemoryGigabytesPerSecond:F0} GB/s by its properties, copy {_peaks.CopyGigabytesPerSecond:F0} GB/s; TF32 {_peaks.SinglePeak / 1e12:F1} TMAC/s, matrix product {_peaks.SingleMatrix / 1e12:F1}; fp16 {_peaks.HalfPeak / 1e12:F1}, {_peaks.HalfMatrix / 1e12:F1}"));
    });

    private void Kernels() => OnDevice((module, stream) =>
    {
        output.WriteLine("kernels against the CPU path");
        _kernels.AddRange(new KernelChecks(module, stream, options.KernelSize?.Width ?? KernelWidth, options.KernelSize?.Height ?? KernelHeight).Run());
        foreach (KernelResult kernel in _kernels)
        {
            output.WriteLine(FormattableString.Invariant(
                $"  {kernel.Kernel,-14} {(kernel.MaxDifference == 0 ? "same bits" : $"differs by {kernel.MaxDifference:E1}")}; {kernel.Milliseconds:F4} ms, {kernel.GigabytesPerSecond:F0} GB/s"));
            if (!(kernel.MaxDifference <= kernel.Allowed))
                _failures.Add(FormattableString.Invariant($"kernel {kernel.Kernel} differs by {kernel.MaxDifference:E1}"));
        }
    });

    private void Operators()
    {
        _refused = target.OperatorsRefused();
        if (_refused is not null)
        {
            output.WriteLine($"native operators: standard ones serve. {_refused}");
            return;
        }
        output.WriteLine("native operators against standard ones on the CPU");
        OnDevice((_, stream) =>
        {
            foreach (OperatorResult result in new OperatorChecks(target, stream).Run())
            {
                _operators.Add(result);
                output.WriteLine(FormattableString.Invariant(
                    $"  {result.Operator} {result.Precision} {result.Layout}: relative L2 {result.RelativeL2:E1}"));
                if (!(result.RelativeL2 <= result.Allowed))
                    _failures.Add(FormattableString.Invariant($"operator {result.Operator} {result.Precision} {result.Layout}: relative L2 {result.RelativeL2:E1}"));
            }
        });
    }

    private void Bundle(ModelBundle bundle)
    {
        foreach (BundleResult result in new BundleChecks(target).Run(bundle, _failures))
        {
            _bundles.Add(result);
            output.WriteLine(FormattableString.Invariant(
                $"bundle {result.Bundle} {result.Precision}, {result.Way}: relative L2 {result.RelativeL2:E1}, {result.Psnr:F1} dB, worst block {result.WorstBlock:F1} dB, pictures off by {result.PictureLevels} levels; label guard {(result.GuardDifference is { } d ? FormattableString.Invariant($"differs by {d:E1}") : "none")}"));
        }
    }

    private void Latency()
    {
        foreach (LatencyRow row in new LatencyTable(target, options, _peaks).Run(output, _failures))
        {
            _latency.Add(row);
            double managed = new[] { row.GuardEvery10, row.GuardEvery1, row.GuardPassthrough }
                .Aggregate(row.ManagedBytesPerFrame, (most, guarded) => Math.Max(most, guarded?.ManagedBytesPerFrame ?? 0));
            if (managed > 0)
                _failures.Add(FormattableString.Invariant($"{row.Model} {row.Size} {row.Precision}: {managed:F1} managed bytes a frame"));
            save(Report());
        }
    }

    private void OnDevice(Action<CudaModule, CudaStream> work)
    {
        using CudaDevice device = target.Open();
        using CudaModule module = new(device, KernelManifest.Embedded);
        using CudaStream stream = new(device, StreamPriority.High);
        work(module, stream);
    }

    private GpuReport Report() => new()
    {
        FinishedUtc = null,
        Device = _peaks,
        OnnxRuntime = GpuTarget.OnnxRuntime,
        Kernels = [.. _kernels],
        OperatorsRefused = _refused,
        Operators = [.. _operators],
        Suites = options.Suites,
        Bundles = [.. _bundles],
        Latency = [.. _latency],
        Failures = [.. _failures],
    };
}
