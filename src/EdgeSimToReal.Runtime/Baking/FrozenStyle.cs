using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>What a texture code does to the generator: one factor per input channel of a modulated convolution.</summary>
/// <param name="generator">The generator's initialisers, equalised, by the reference's keys.</param>
/// <param name="texture">The texture code, [S], of any length above 0.</param>
public sealed class FrozenStyle(IReadOnlyDictionary<string, WeightTensor> generator, ReadOnlyMemory<float> texture)
{
    private const double Epsilon = 1e-8;

    private readonly double[] _texture = Normalised(texture.Span);

    /// <summary>The style of a demodulated convolution, divided by its root mean square.</summary>
    /// <param name="layer">Name of the modulated convolution.</param>
    /// <returns>One factor per input channel.</returns>
    public double[] Scales(string layer)
    {
        double[] style = Affine($"{layer}.modulation");
        double root = Math.Sqrt((style.Sum(s => s * s) / style.Length) + Epsilon);
        return [.. style.Select(s => s / root)];
    }

    /// <summary>A linear layer's output for the texture code.</summary>
    /// <param name="layer">Its name; ".weight" is [out, S], ".bias" [out].</param>
    public double[] Affine(string layer)
    {
        float[] weight = generator[$"{layer}.weight"].Values, bias = generator[$"{layer}.bias"].Values;
        double[] result = new double[bias.Length];
        for (int o = 0; o < result.Length; o++)
        {
            double sum = bias[o];
            for (int i = 0; i < _texture.Length; i++)
                sum += weight[(o * _texture.Length) + i] * _texture[i];
            result[o] = sum;
        }
        return result;
    }

    private static double[] Normalised(ReadOnlySpan<float> texture)
    {
        double squares = Epsilon;
        foreach (float value in texture)
            squares += (double)value * value;
        double scale = 1 / Math.Sqrt(squares);
        double[] result = new double[texture.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = texture[i] * scale;
        return result;
    }
}
