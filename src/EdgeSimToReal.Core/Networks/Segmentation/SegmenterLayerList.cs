namespace EdgeSimToReal.Core.Networks;

/// <summary>Lists a network's layers: a value is its number of channels.</summary>
internal sealed class SegmenterLayerList : ISegmenterOperators<int>
{
    private readonly List<SegmenterLayer> _layers = [];

    public IReadOnlyList<SegmenterLayer> Layers => _layers;

    public int Convolution(SegmenterLayer layer, int x)
    {
        if (layer.Input != x)
            throw new InvalidOperationException($"Layer '{layer.Name}' takes {layer.Input} channels and is given {x}.");
        _layers.Add(layer);
        return layer.Output;
    }

    public int MaxPool(string name, int x) => x;

    public int GlobalMean(string name, int x) => x;

    public int Resize(string name, int x, int like) => x;

    public int Concatenate(string name, params int[] values) => values.Sum();

    public int Add(string name, int a, int b, SegmenterActivation activation) =>
        a == b ? a : throw new InvalidOperationException($"'{name}' adds {a} and {b} channels.");

    public int Dropout(string name, int x, double rate) => x;
}
