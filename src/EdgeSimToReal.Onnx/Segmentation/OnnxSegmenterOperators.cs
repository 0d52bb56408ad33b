using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>Writes a segmenter's operators as nodes; a value is its name.</summary>
internal sealed class OnnxSegmenterOperators(GraphBuilder graph, SegmenterWeights weights) : ISegmenterOperators<string>
{
    public string Convolution(SegmenterLayer layer, string x)
    {
        (var weight, var bias) = weights.Folded(layer);
        long padding = layer.Padding;
        string y = graph.Node("Conv", layer.Name,
            [x, graph.Initializer($"{layer.Name}.weight", weight), graph.Initializer($"{layer.Name}.bias", bias)], attributes:
            [
                ("kernel_shape", new long[] { layer.Size, layer.Size }),
                ("strides", new long[] { layer.Stride, layer.Stride }),
                ("dilations", new long[] { layer.Dilation, layer.Dilation }),
                ("pads", new long[] { padding, padding, padding, padding }),
                ("group", (long)layer.Groups),
            ]);
        return Activate(layer.Name, y, layer.Activation);
    }

    public string MaxPool(string name, string x) => graph.Node("MaxPool", name, [x], attributes:
    [
        ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }),
    ]);

    public string GlobalMean(string name, string x) => graph.Node("GlobalAveragePool", name, [x]);

    public string Resize(string name, string x, string like)
    {
        string channels = graph.Node("Shape", $"{name}/channels", [x], attributes: [("start", 0L), ("end", 2L)]);
        string size = graph.Node("Shape", $"{name}/size", [like], attributes: [("start", 2L), ("end", 4L)]);
        string shape = graph.Node("Concat", $"{name}/shape", [channels, size], attributes: ("axis", 0L));
        return graph.Node("Resize", name, [x, "", "", shape], attributes:
            [("mode", "linear"), ("coordinate_transformation_mode", "half_pixel")]);
    }

    public string Concatenate(string name, params string[] values) => graph.Node("Concat", name, values, attributes: ("axis", 1L));

    public string Add(string name, string a, string b, SegmenterActivation activation) => Activate(name, graph.Add(name, a, b), activation);

    public string Dropout(string name, string x, double rate) => x; // acts in training only

    private string Activate(string name, string x, SegmenterActivation activation) => activation switch
    {
        SegmenterActivation.Relu => graph.Node("Relu", $"{name}/relu", [x]),
        SegmenterActivation.Relu6 => graph.Node("Clip", $"{name}/relu6", [x, graph.Scalar(0), graph.Scalar(6)]),
        _ => x,
    };
}
