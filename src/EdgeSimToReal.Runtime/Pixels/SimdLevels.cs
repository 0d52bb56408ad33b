using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>What this machine's vectors can do.</summary>
public static class SimdLevels
{
    /// <summary>The widest level that the processor runs at full speed.</summary>
    public static SimdLevel Best { get; } =
        Vector512.IsHardwareAccelerated ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;
}
