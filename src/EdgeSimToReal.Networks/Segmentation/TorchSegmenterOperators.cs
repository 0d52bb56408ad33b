using EdgeSimToReal.Core.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>Computes a segmenter's operators with the modules that hold its weights.</summary>
internal sealed class TorchSegmenterOperators(nn.Module owner) : ISegmenterOperators<Tensor>
{
    private readonly Dictionary<string, (PlainConvolution Convolution, BatchNorm2d? BatchNorm)> _layers = new(StringComparer.Ordinal);

    /// <summary>Makes the layer's modules and places them in a tree.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="momentum">The weight of a batch's statistics in the running ones.</param>
    /// <param name="place">Registers a module under its key.</param>
    public void Create(SegmenterLayer layer, double momentum, Action<string, nn.Module> place)
    {
        PlainConvolution convolution = new(layer);
        place(layer.Name, convolution);
        BatchNorm2d? batchNorm = null;
        if (layer.BatchNorm is not null)
        {
            batchNorm = nn.BatchNorm2d(layer.Output, SegmenterLayer.Epsilon, momentum);
            place(layer.BatchNorm, batchNorm);
        }
        _layers.Add(layer.Name, (convolution, batchNorm));
    }

    public Tensor Convolution(SegmenterLayer layer, Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        (PlainConvolution convolution, BatchNorm2d? batchNorm) = _layers[layer.Name];
        Tensor y = convolution.forward(x);
        if (batchNorm is not null)
            y = batchNorm.forward(y);
        return Activate(y, layer.Activation).MoveToOuterDisposeScope();
    }

    public Tensor MaxPool(string name, Tensor x) => nn.functional.max_pool2d(x, 3, 2, 1);

    public Tensor GlobalMean(string name, Tensor x) => x.mean([2, 3], keepdim: true);

    public Tensor Resize(string name, Tensor x, Tensor like)
    {
        long height = like.shape[2], width = like.shape[3];
        return x.shape[2] == height && x.shape[3] == width ? x.alias()
            : nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
    }

    public Tensor Concatenate(string name, params Tensor[] values) => cat(values, 1);

    // In place: neither batch normalisation nor the sum itself needs a's values for its gradient.
    public Tensor Add(string name, Tensor a, Tensor b, SegmenterActivation activation) => Activate(a.add_(b), activation);

    public Tensor Dropout(string name, Tensor x, double rate) => nn.functional.dropout(x, rate, owner.training);

    // Without gradients, large early maps would otherwise live to the end of the pass.
    public Tensor Part(Func<Tensor> part)
    {
        using IDisposable scope = NewDisposeScope();
        return part().MoveToOuterDisposeScope();
    }

    private static Tensor Activate(Tensor x, SegmenterActivation activation) => activation switch
    {
        SegmenterActivation.Relu => x.relu_(),
        SegmenterActivation.Relu6 => nn.functional.relu6(x, inplace: true),
        _ => x,
    };
}
