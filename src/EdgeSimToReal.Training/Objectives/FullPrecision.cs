using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>Losses are taken in fp32 or better, whatever the networks compute in.</summary>
internal static class FullPrecision
{
    /// <summary>The tensor in fp32 where it is of a shorter floating type, else itself.</summary>
    public static Tensor AtLeastSingle(this Tensor x) =>
        x.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? x.to(ScalarType.Float32) : x;
}
