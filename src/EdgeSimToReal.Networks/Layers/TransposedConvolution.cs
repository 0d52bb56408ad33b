using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Learnt ×2 up-sampling: transposed 2×2 convolution of stride 2 with bias, then ReLU; weights in the ordinary scale.</summary>
internal sealed class TransposedConvolution : nn.Module<Tensor, Tensor>
{
    private const int Size = 2;
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [inputs, outputs, 2, 2]
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias; // [outputs]

    public TransposedConvolution(int inputs, int outputs)
        : base(nameof(TransposedConvolution))
    {
        double bound = 1 / Math.Sqrt((double)outputs * Size * Size); // the usual default of transposed convolutions
        _weight = this.Register("weight", empty(inputs, outputs, Size, Size).uniform_(-bound, bound));
        _bias = this.Register("bias", empty(outputs).uniform_(-bound, bound));
    }

    /// <summary>[N, inputs, H, W] to [N, outputs, 2H, 2W].</summary>
    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor input = x.ForConvolution(_weight.shape[1]);
        Tensor y = nn.functional.conv_transpose2d(input, _weight.As(input), _bias.As(input), strides: [Size, Size]);
        return y.As(x).relu_().MoveToOuterDisposeScope();
    }
}
