using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Onnx;

/// <summary>The swapping autoencoder's parameters under the reference's keys, and what an inference graph needs of them.</summary>
/// <remarks>
/// Everything that does not depend on the image or the texture code is worked in here, exactly: the equalised learning rate
/// (1/√fan-in), the demodulation (which does not depend on the style here) and the √2 of the fused leaky ReLU
/// (√2 · lrelu(v) = lrelu(√2 · v)). Sums run in double precision.
/// </remarks>
public sealed class SaeWeights
{
    private const double Epsilon = 1e-8;
    private static readonly double ActivationGain = Math.Sqrt(2);

    private readonly IReadOnlyDictionary<string, WeightTensor> _tensors;

    /// <summary>Checks that every parameter is there with its shape.</summary>
    /// <param name="configuration">Sizes of the networks.</param>
    /// <param name="tensors">Parameters by the reference's key (prefixes "E." and "G."); others are ignored.</param>
    /// <exception cref="EdgeSimException">
    /// A parameter is missing, has another shape or number of values, or a value is not finite; the first three faults are named.
    /// </exception>
    public SaeWeights(SaeConfiguration configuration, IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        Configuration = configuration;
        _tensors = tensors;
        List<string> faults = [];
        foreach (ParameterShape parameter in configuration.EncoderParameters().Concat(configuration.GeneratorParameters()))
        {
            if (!tensors.TryGetValue(parameter.Name, out WeightTensor? tensor))
                faults.Add($"'{parameter.Name}' is missing");
            else if (!tensor.Shape.SequenceEqual(parameter.Shape))
                faults.Add($"'{parameter.Name}' is {tensor.ShapeText}, expected {parameter.ShapeText}");
            else if (tensor.Count != parameter.Count)
                faults.Add($"'{parameter.Name}' holds {tensor.Count} values for the shape {tensor.ShapeText}");
            else if (tensor.Values.Any(value => !float.IsFinite(value)))
                faults.Add($"'{parameter.Name}' holds values that are not finite");
        }
        if (faults.Count > 0)
        {
            string more = faults.Count > 3 ? $", and {faults.Count - 3} more" : "";
            throw new EdgeSimException($"The weights do not fit the network: {string.Join("; ", faults.Take(3))}{more}.",
                "Check the preset, the capacities and the code sizes against the file.");
        }
    }

    /// <summary>Sizes of the networks.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>A parameter as it is stored.</summary>
    /// <param name="key">The reference's key.</param>
    public WeightTensor this[string key] => _tensors[key];

    /// <summary>An equalised convolution's or linear layer's weight at run time: stored weight / √fan-in.</summary>
    /// <param name="key">The reference's key; shape [out, in, ...].</param>
    /// <param name="activated">Whether a fused leaky ReLU follows, whose √2 is worked in.</param>
    public WeightTensor Equalised(string key, bool activated)
    {
        WeightTensor stored = this[key];
        int fanIn = stored.Count / stored.Shape[0];
        return Scaled(stored, (activated ? ActivationGain : 1) / Math.Sqrt(fanIn));
    }

    /// <summary>A bias that enters a fused leaky ReLU, with its √2 worked in.</summary>
    /// <param name="key">The reference's key.</param>
    public WeightTensor ActivationBias(string key) => Scaled(this[key], ActivationGain);

    /// <summary>A noise layer's factor with the √2 of the fused leaky ReLU that follows.</summary>
    /// <param name="layer">The layer's name without ".weight".</param>
    public float NoiseGain(string layer) => (float)(this[$"{layer}.weight"].Values[0] * ActivationGain);

    /// <summary>A modulated convolution's weight, equalised, demodulated per output channel, with the √2 of its activation.</summary>
    /// <param name="layer">Name of the modulated convolution, e.g. "G.HeadResnetBlock0.conv1.conv".</param>
    /// <returns>[out, in, k, k].</returns>
    public WeightTensor Demodulated(string layer)
    {
        WeightTensor stored = this[$"{layer}.weight"]; // [1, out, in, k, k]
        int[] shape = stored.Shape[1..];
        int perOutput = stored.Count / shape[0];
        float[] result = new float[stored.Count];
        for (int o = 0; o < shape[0]; o++)
        {
            double squares = 0;
            for (int i = 0; i < perOutput; i++)
                squares += Math.Pow(stored.Values[(o * perOutput) + i], 2);
            // W' = W/√n, then W'/√(Σ W'² + ε), n = in·k·k.
            double scale = ActivationGain / Math.Sqrt(perOutput) / Math.Sqrt((squares / perOutput) + Epsilon);
            for (int i = 0; i < perOutput; i++)
                result[(o * perOutput) + i] = (float)(stored.Values[(o * perOutput) + i] * scale);
        }
        return new WeightTensor(shape, result);
    }

    /// <summary>A modulated convolution's weight, equalised but not demodulated (ToRGB).</summary>
    /// <param name="layer">Name of the modulated convolution.</param>
    /// <returns>[out, in, k, k].</returns>
    public WeightTensor Modulated(string layer)
    {
        WeightTensor stored = this[$"{layer}.weight"]; // [1, out, in, k, k]
        int[] shape = stored.Shape[1..];
        return Scaled(new WeightTensor(shape, stored.Values), 1 / Math.Sqrt((double)stored.Count / shape[0]));
    }

    /// <summary>[out, in, k, k] → [in, out, k, k], the order of transposed convolutions.</summary>
    /// <param name="weight">A convolution's weight.</param>
    public static WeightTensor Transposed(WeightTensor weight)
    {
        (int outputs, int inputs) = (weight.Shape[0], weight.Shape[1]);
        int taps = weight.Shape[2] * weight.Shape[3];
        float[] result = new float[weight.Count];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
                Array.Copy(weight.Values, ((o * inputs) + i) * taps, result, ((i * outputs) + o) * taps, taps);
        }
        return new WeightTensor([inputs, outputs, weight.Shape[2], weight.Shape[3]], result);
    }

    private static WeightTensor Scaled(WeightTensor tensor, double scale) =>
        new(tensor.Shape, [.. tensor.Values.Select(value => (float)(value * scale))]);
}
