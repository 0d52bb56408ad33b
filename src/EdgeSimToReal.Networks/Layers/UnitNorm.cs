using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>L2 normalisation over the channels, in fp32 at least.</summary>
internal static class UnitNorm
{
    private const double Epsilon = 1e-8;

    /// <summary>x / √(Σ over dimension 1 of x² + 1e-8), [N, C, …].</summary>
    public static Tensor Apply(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        x = x.AtLeastSingle();
        return (x * (x.square().sum([1L], keepdim: true) + Epsilon).rsqrt()).MoveToOuterDisposeScope();
    }
}
