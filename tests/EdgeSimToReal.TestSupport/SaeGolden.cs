using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.TestSupport;

/// <summary>Weights, inputs and noise of the golden vectors for the swapping autoencoder: they follow from the tensors' names.</summary>
public static class SaeGolden
{
    /// <summary>"tiny" with a structure pyramid and colour transforms; its name in tests is "tiny-pyramid".</summary>
    public static SaeConfiguration TinyPyramid { get; } = SaeConfiguration.Tiny with { PyramidChannels = 3, ColourLevel = 1 };

    /// <summary>A preset, or <see cref="TinyPyramid"/>.</summary>
    public static SaeConfiguration Configuration(string name) => name == "tiny-pyramid" ? TinyPyramid : SaeConfiguration.Preset(name);

    /// <summary>The formula's weights for a configuration's encoder and generator, by the reference's keys.</summary>
    public static Dictionary<string, WeightTensor> Weights(SaeConfiguration configuration) =>
        Weights(configuration.EncoderParameters().Concat(configuration.GeneratorParameters()));

    /// <summary>The formula's weights for given keys.</summary>
    public static Dictionary<string, WeightTensor> Weights(IEnumerable<ParameterShape> parameters) =>
        parameters.ToDictionary(parameter => parameter.Name, parameter =>
        {
            (double scale, double offset) = parameter.Name switch
            {
                var name when name.EndsWith("noise.weight", StringComparison.Ordinal) => (0.1, 0.0),
                var name when name.EndsWith("modulation.bias", StringComparison.Ordinal) => (0.1, 1.0),
                var name when name.EndsWith("bias", StringComparison.Ordinal) => (0.1, 0.0),
                // The inner branch's transposed convolutions, [inputs, outputs, 2, 2], are not equalised.
                var name when name.StartsWith("E.ToInnerSemantic.", StringComparison.Ordinal)
                    && !name.EndsWith("Conv.weight", StringComparison.Ordinal) => (Math.Sqrt(3.0 / parameter.Shape[0]), 0.0),
                _ => (Math.Sqrt(3), 0.0),
            };
            return new WeightTensor(parameter.Shape, GoldenTensor.Create(parameter.Name, (int)parameter.Count, scale, offset));
        });

    /// <summary>The input images [2, 3, height, width].</summary>
    public static float[] Image(int height, int width) => GoldenTensor.Create("in.image", 2 * 3 * height * width, 1);

    /// <summary>The fixed noise maps [1, 1, h, w] by layer name.</summary>
    public static Dictionary<string, WeightTensor> Noise(SaeConfiguration configuration, int height, int width) =>
        configuration.NoiseLayers.ToDictionary(layer => layer.Name, layer =>
        {
            int h = height / configuration.Stride * layer.Scale, w = width / configuration.Stride * layer.Scale;
            return new WeightTensor([1, 1, h, w], GoldenTensor.Create($"in.noise.{layer.Name}", h * w, Math.Sqrt(3)));
        });
}
