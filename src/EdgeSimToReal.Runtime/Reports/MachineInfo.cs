using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Reports;

/// <summary>The machine and libraries that a figure was measured on.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="LogicalCores">Cores that this process may use.</param>
/// <param name="Instructions">The widest vector instructions.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET version.</param>
/// <param name="OnnxRuntime">ONNX Runtime version.</param>
public sealed record MachineInfo(string Processor, int LogicalCores, string Instructions, string System, string Runtime, string OnnxRuntime)
{
    /// <summary>This machine.</summary>
    public static MachineInfo Current { get; } = new(
        ProcessorName(),
        Environment.ProcessorCount,
        VectorInstructions(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        OrtEnv.Instance().GetVersionString());

    private static string ProcessorName()
    {
        try
        {
            string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
            return line?[(line.IndexOf(':') + 1)..].Trim() ?? "unknown";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    private static string VectorInstructions()
    {
        try
        {
            string flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("flags", StringComparison.Ordinal)) ?? "";
            string[] known = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
            return string.Join(' ', known.Where(name => flags.Contains($" {name}", StringComparison.Ordinal)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Avx512F.IsSupported ? "avx512f" : Avx2.IsSupported ? "avx2" : "none";
        }
    }
}
