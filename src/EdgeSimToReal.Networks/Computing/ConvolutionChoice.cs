using System.Globalization;
using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>How libtorch computes convolutions on this machine's processor.</summary>
/// <param name="UsesOneDnn">Whether by oneDNN; otherwise by libtorch's own loops and matrix products.</param>
/// <param name="IsBf16Right">Whether convolutions of bf16 numbers came out right.</param>
/// <param name="Line">One line for people: what was chosen, why, and what it costs.</param>
public sealed record ConvolutionChoice(bool UsesOneDnn, bool IsBf16Right, string Line)
{
    private const int ShownFaults = 2;

    /// <summary>The library's name in checkpoints and reports: "oneDNN", or "libtorch" where oneDNN is off.</summary>
    public string Library => UsesOneDnn ? "oneDNN" : "libtorch";

    /// <summary>The choice that follows from a check.</summary>
    /// <param name="result">What it found.</param>
    /// <param name="caches">The processor's caches.</param>
    /// <param name="isFromCache">Whether it was made at an earlier start.</param>
    internal static ConvolutionChoice From(SelfCheckResult result, ProcessorCaches caches, bool isFromCache)
    {
        string time = isFromCache ? "checked since the machine's start" : string.Create(CultureInfo.InvariantCulture, $"checked in {result.Seconds:F1} s");
        double? ratio = result.WithoutMilliseconds / result.WithMilliseconds;
        if (result is { Death: null, Faults.Count: 0 })
        {
            string half = result.HalfFaults.Count == 0 ? "in bf16, too" : $"but not in bf16: {Describe(result.HalfFaults)}";
            return new ConvolutionChoice(true, result.HalfFaults.Count == 0,
                $"convolutions: oneDNN, all {result.Checked} kinds right, {half} ({time})");
        }
        string reason = result.Death ?? $"{result.Faults.Count} of {result.Checked} kinds wrong, {Describe(result.Faults)}";
        string cost = ratio is null ? "its cost could not be measured"
            : string.Create(CultureInfo.InvariantCulture, $"a convolution takes {ratio:F1} times as long");
        string hidden = caches.AreVisible ? "" : $"; the processor's caches are {caches.Text}";
        return new ConvolutionChoice(false, false, $"convolutions: libtorch's own; oneDNN is off, since its self-check failed: {reason}{hidden}. "
            + $"{char.ToUpperInvariant(cost[0])}{cost[1..]} ({time})");
    }

    private static string Describe(IReadOnlyList<ConvolutionFault> faults) =>
        string.Join("; ", faults.Take(ShownFaults).Select(fault => fault.Text)) + (faults.Count > ShownFaults ? "; ..." : "");
}
