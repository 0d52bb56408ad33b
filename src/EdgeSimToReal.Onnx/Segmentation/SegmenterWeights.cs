using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>A segmenter's parameters and running statistics, and what an inference graph needs of them.</summary>
public sealed class SegmenterWeights
{
    private readonly IReadOnlyDictionary<string, WeightTensor> _tensors;

    /// <summary>Checks that every tensor is there with its shape.</summary>
    /// <param name="configuration">Which network.</param>
    /// <param name="tensors">Parameters and running statistics by the reference's key; others are ignored.</param>
    /// <exception cref="EdgeSimException">
    /// A tensor is missing, has another shape or number of values, a value is not finite, or a variance is negative; the first three
    /// faults are named.
    /// </exception>
    public SegmenterWeights(SegmenterConfiguration configuration, IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        configuration.Validate();
        Configuration = configuration;
        _tensors = tensors;
        List<string> faults = [];
        foreach (ParameterShape expected in configuration.Tensors())
        {
            if (!tensors.TryGetValue(expected.Name, out WeightTensor? tensor))
                faults.Add($"'{expected.Name}' is missing");
            else if (!tensor.Shape.SequenceEqual(expected.Shape))
                faults.Add($"'{expected.Name}' is {tensor.ShapeText}, expected {expected.ShapeText}");
            else if (tensor.Count != expected.Count)
                faults.Add($"'{expected.Name}' holds {tensor.Count} values for the shape {tensor.ShapeText}");
            else if (!tensor.Values.All(float.IsFinite))
                faults.Add($"'{expected.Name}' holds values that are not finite");
            else if (expected.Name.EndsWith(".running_var", StringComparison.Ordinal) && tensor.Values.Any(value => value < 0))
                faults.Add($"'{expected.Name}' holds negative variances");
        }
        if (faults.Count > 0)
        {
            string more = faults.Count > 3 ? $", and {faults.Count - 3} more" : "";
            throw new EdgeSimException($"The weights do not fit the segmenter: {string.Join("; ", faults.Take(3))}{more}.",
                "Check the architecture and the number of classes against the file.");
        }
    }

    /// <summary>Which network.</summary>
    public SegmenterConfiguration Configuration { get; }

    /// <summary>A layer's weight and bias in evaluation, its batch normalisation worked in; computed in double precision.</summary>
    /// <param name="layer">The layer.</param>
    /// <returns>W · γ/√(σ² + ε) and β - μ · γ/√(σ² + ε); as they are stored where the layer has no batch normalisation.</returns>
    public (WeightTensor Weight, WeightTensor Bias) Folded(SegmenterLayer layer)
    {
        WeightTensor stored = _tensors[$"{layer.Name}.weight"];
        if (layer.BatchNorm is null)
            return (stored, _tensors[$"{layer.Name}.bias"]);
        float[] gamma = Values("weight"), beta = Values("bias"), mean = Values("running_mean"), variance = Values("running_var");
        float[] weight = new float[stored.Count], bias = new float[layer.Output];
        int perOutput = stored.Count / layer.Output;
        for (int o = 0; o < layer.Output; o++)
        {
            double scale = gamma[o] / Math.Sqrt(variance[o] + SegmenterLayer.Epsilon);
            bias[o] = (float)(beta[o] - (mean[o] * scale));
            for (int i = o * perOutput; i < (o + 1) * perOutput; i++)
                weight[i] = (float)(stored.Values[i] * scale);
        }
        return (new WeightTensor(stored.Shape, weight), new WeightTensor([layer.Output], bias));

        float[] Values(string name) => _tensors[$"{layer.BatchNorm}.{name}"].Values;
    }
}
