using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>Counts the values that a segmenter keeps for its backward pass: a value is its shape.</summary>
internal sealed class SegmenterActivations : ISegmenterOperators<(long C, long H, long W)>
{
    // Gradients of maps live beside the maps that are still needed; as measured on MobileNetV2 and the U-Net.
    private const double WithGradients = 1.5;

    private long _values;

    /// <summary>Values for one image.</summary>
    public static long Count(SegmenterConfiguration network, long height, long width)
    {
        SegmenterActivations counter = new();
        counter.Kept((3, height, width));
        network.Head(counter, network.Backbone(counter, (3, height, width)), (3, height, width));
        return (long)(counter._values * WithGradients);
    }

    public (long C, long H, long W) Convolution(SegmenterLayer layer, (long C, long H, long W) x)
    {
        // The convolution's result for the batch normalisation, the activation's for the next layer.
        (long C, long H, long W) y = (layer.Output, (x.H + layer.Stride - 1) / layer.Stride, (x.W + layer.Stride - 1) / layer.Stride);
        Kept(y);
        return layer.BatchNorm is null ? y : Kept(y);
    }

    public (long C, long H, long W) MaxPool(string name, (long C, long H, long W) x) => Kept((x.C, (x.H + 1) / 2, (x.W + 1) / 2));

    public (long C, long H, long W) GlobalMean(string name, (long C, long H, long W) x) => (x.C, 1, 1);

    public (long C, long H, long W) Resize(string name, (long C, long H, long W) x, (long C, long H, long W) like) =>
        Kept((x.C, like.H, like.W));

    public (long C, long H, long W) Concatenate(string name, params (long C, long H, long W)[] values) =>
        Kept((values.Sum(value => value.C), values[0].H, values[0].W));

    public (long C, long H, long W) Add(string name, (long C, long H, long W) a, (long C, long H, long W) b,
        SegmenterActivation activation) => activation == SegmenterActivation.None ? a : Kept(a);

    public (long C, long H, long W) Dropout(string name, (long C, long H, long W) x, double rate) => Kept(x);

    private (long C, long H, long W) Kept((long C, long H, long W) value)
    {
        _values += value.C * value.H * value.W;
        return value;
    }
}
