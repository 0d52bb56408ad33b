using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Each channel of each image less its mean over space, over its standard deviation; in fp32 at least.</summary>
internal static class SpatialNorm
{
    /// <summary>ONNX's default for InstanceNormalization.</summary>
    private const double Epsilon = 1e-5;

    /// <summary>(x - μ) / √(σ² + 1e-5), [N, C, H, W].</summary>
    public static Tensor Apply(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        x = x.AtLeastSingle();
        Tensor centred = x - x.mean([2, 3], keepdim: true);
        return (centred * (centred.square().mean([2, 3], keepdim: true) + Epsilon).rsqrt()).MoveToOuterDisposeScope();
    }
}
