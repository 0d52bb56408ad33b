using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>What is small or touchy is computed in fp32 or better, whatever the networks compute in.</summary>
public static class FloatingTypes
{
    /// <summary>The tensor in fp32 where it is of a shorter floating type, else itself.</summary>
    /// <param name="x">A tensor of any shape and type.</param>
    public static Tensor AtLeastSingle(this Tensor x) =>
        x.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? x.to(ScalarType.Float32) : x;
}
