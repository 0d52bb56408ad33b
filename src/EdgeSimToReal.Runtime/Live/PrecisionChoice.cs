using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>The precision of a live graph that was chosen, and why.</summary>
/// <param name="Precision">Any but <see cref="LivePrecision.Auto"/>.</param>
/// <param name="Reason">One line for people.</param>
public sealed record PrecisionChoice(LivePrecision Precision, string Reason)
{
    /// <summary>Chooses between what was asked for and what this machine is good at.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="device">Where the graph is to run, chosen already.</param>
    /// <param name="half">What was measured of the model's fp16 form; null: nothing.</param>
    /// <exception cref="EdgeSimException">What was asked for can't be had.</exception>
    public static PrecisionChoice Make(LivePrecision asked, LiveDevice device, BundleHalf? half = null) =>
        device == LiveDevice.Cuda ? OnGpu(asked, half) : OnCpu(asked, Bf16Support.Level, Bf16Support.Gain);

    /// <summary>The choice on a CPU that is described.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="level">The native library's instruction set; null where there is no library.</param>
    /// <param name="gain">What bfloat16 gains.</param>
    internal static PrecisionChoice OnCpu(LivePrecision asked, string? level, Bf16Gain gain)
    {
        if (asked == LivePrecision.Fp16)
        {
            throw new EdgeSimException("fp16 is a form of the live graph for a GPU, and the network runs on the CPU.",
                "Leave --precision away, or use bf16.", ExitCode.Usage);
        }
        if (asked == LivePrecision.Fp32)
            return new PrecisionChoice(LivePrecision.Fp32, "Precision: fp32, as asked.");
        if (level is null)
        {
            return asked == LivePrecision.Auto
                ? new PrecisionChoice(LivePrecision.Fp32, "Precision: fp32 by the standard operators, since the native ones are not built.")
                : throw new EdgeSimException("bf16 needs the native operators, which are not built here (or by an older version).",
                    "Run tools/build-kernels.sh, or use --precision fp32.", ExitCode.Missing);
        }
        if (asked == LivePrecision.Bf16)
        {
            string how = gain == Bf16Gain.None ? $"emulated with {level}, since this processor gains nothing by it" : $"with {level}";
            return new PrecisionChoice(LivePrecision.Bf16, $"Precision: bf16, as asked; {how}.");
        }
        return gain switch
        {
            Bf16Gain.Tiles => new PrecisionChoice(LivePrecision.Bf16, "Precision: bf16, since this processor has AMX."),
            Bf16Gain.DotProducts => new PrecisionChoice(LivePrecision.Bf16,
                "Precision: bf16, since this processor's AVX512-BF16 was measured to be faster than its fp32."),
            _ => new PrecisionChoice(LivePrecision.Fp32, "Precision: fp32, since this processor has no faster bf16 (AMX)."),
        };
    }

    private static PrecisionChoice OnGpu(LivePrecision asked, BundleHalf? half) => asked switch
    {
        LivePrecision.Bf16 => throw new EdgeSimException("bf16 is a form of the live graph for the CPU, and the device is a GPU.",
            "Add --device cpu, or leave --precision away.", ExitCode.Usage),
        LivePrecision.Fp32 => new PrecisionChoice(LivePrecision.Fp32, "Precision: fp32, as asked."),
        _ when half is not null => new PrecisionChoice(LivePrecision.Fp16, "Precision: fp16, which was measured to be "
            + FormattableString.Invariant($"{half.Psnr:F0} dB from fp32 (worst block {half.WorstBlock:F0} dB).")),
        LivePrecision.Fp16 => throw new EdgeSimException("Nobody has measured which layers of this model must stay in fp32.",
            "Measure it once, on any machine: edgesim fp16 BUNDLE --frames FOLDER.", ExitCode.BadInput),
        _ => new PrecisionChoice(LivePrecision.Fp32, "Precision: fp32, since the model was not measured for fp16 (edgesim fp16)."),
    };
}
