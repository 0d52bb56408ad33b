using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.TestSupport;

/// <summary>Weights of the golden vectors for segmenters: they follow from the tensors' names.</summary>
public static class SegmenterGolden
{
    /// <summary>The formula's parameters and running statistics for a configuration, by the reference's keys.</summary>
    public static Dictionary<string, WeightTensor> Weights(SegmenterConfiguration configuration) =>
        configuration.Tensors().ToDictionary(tensor => tensor.Name, tensor =>
        {
            (double scale, double offset) = tensor.Name switch
            {
                var name when name.EndsWith("running_var", StringComparison.Ordinal) => (0.3, 1.0),
                var name when name.EndsWith("running_mean", StringComparison.Ordinal) => (0.1, 0.0),
                var name when name.EndsWith("bias", StringComparison.Ordinal) => (0.1, 0.0),
                _ when tensor.Shape.Length == 4 => (Math.Sqrt(6.0 / (tensor.Count / tensor.Shape[0])), 0.0),
                _ => (0.1, 1.0),
            };
            return new WeightTensor(tensor.Shape, GoldenTensor.Create(tensor.Name, (int)tensor.Count, scale, offset));
        });
}
