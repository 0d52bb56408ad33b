using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>A segmenter's convolution; weights start as N(0, 2 / fan) (He et al. 2015), a bias at 0.</summary>
internal sealed class PlainConvolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [outputs, inputs / groups, k, k]
    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias; // [outputs]
    private readonly SegmenterLayer _layer;

    public PlainConvolution(SegmenterLayer layer)
        : base(nameof(PlainConvolution))
    {
        _layer = layer;
        // Backbones keep the gradients' variance (fan out), the head the activations' (fan in).
        int fan = (layer.IsBackbone ? layer.Output : layer.Input / layer.Groups) * layer.Size * layer.Size;
        using (IDisposable scope = NewDisposeScope())
        {
            Tensor values = randn([.. layer.WeightShape.Select(size => (long)size)]).mul_(Math.Sqrt(2.0 / fan));
            _weight = this.Register("weight", values.MoveToOuterDisposeScope());
        }
        _bias = layer.BatchNorm is null ? this.Register("bias", zeros(layer.Output)) : null;
    }

    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor input = (_layer.Groups > 1 ? x.ForDepthwise(_layer.Stride) : x).ForConvolution(_layer.Output);
        Tensor y = nn.functional.conv2d(input, _weight.As(input), _bias?.As(input), [_layer.Stride, _layer.Stride],
            [_layer.Padding, _layer.Padding], [_layer.Dilation, _layer.Dilation], _layer.Groups);
        return y.As(x).MoveToOuterDisposeScope();
    }
}
