using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// Convolution whose weight matrix is divided by its largest singular value, estimated by one step of the power method a training pass
/// (spectral normalisation): its discriminator changes no faster than its input. The border is repeated, not zero.
/// </summary>
internal sealed class SpectralConvolution : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-12;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [outputs, inputs, k, k]
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // [outputs]
    [ComponentName(Name = "singular")]
    private readonly Tensor _singular; // the left singular vector, [outputs]
    private readonly long _padding;
    private readonly long _stride;

    public SpectralConvolution(int inputs, int outputs, int size, int stride = 1)
        : base(nameof(SpectralConvolution))
    {
        _weight = this.Register("weight", randn(outputs, inputs, size, size) / Math.Sqrt((double)inputs * size * size));
        _bias = this.Register("bias", zeros(outputs));
        _singular = this.RegisterConstant("singular", Unit(randn(outputs)));
        (_padding, _stride) = (size / 2, stride);
    }

    /// <summary>[N, inputs, H, W] to [N, outputs, H / stride, W / stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        if (_padding > 0)
            x = nn.functional.pad(x, (_padding, _padding, _padding, _padding), PaddingModes.Replicate);
        return nn.functional.conv2d(x, (_weight / Norm()).As(x), _bias.As(x), strides: [_stride, _stride]).MoveToOuterDisposeScope();
    }

    private Tensor Norm()
    {
        Tensor matrix = _weight.flatten(1), right;
        using (no_grad())
        {
            right = Unit(matrix.t().mv(_singular));
            if (training)
                _singular.copy_(Unit(matrix.mv(right)));
        }
        // A copy, since a later pass changes the vector in place while this one's gradient still needs it.
        return _singular.clone().dot(matrix.mv(right));
    }

    private static Tensor Unit(Tensor x) => x / (x.square().sum().sqrt() + Epsilon);
}
