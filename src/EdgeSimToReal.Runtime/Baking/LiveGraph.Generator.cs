using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>The generator with its style frozen.</content>
public sealed partial class LiveGraph
{
    private static readonly float[] GeneratorTaps = [1, 3, 3, 1];

    private string Generate(Signal structure)
    {
        const string modulation = "G.SpatialCodeModulation";
        int channels = structure.Channels;
        string scaled = _graph.Mul($"{modulation}.product", structure.Name,
            Vector($"{modulation}.scale", _style.Affine($"{modulation}.scale"), 1, 1, channels, 1, 1));
        Signal x = new(_graph.Add(modulation, scaled,
            Vector($"{modulation}.bias", _style.Affine($"{modulation}.bias"), 1, 1, channels, 1, 1)), channels, 1);

        int scale = 1;
        foreach (SaeBlock block in _configuration.HeadBlocks)
        {
            // (main + skip)/√2 is stored without the 1/√2, as a signal of gain √2.
            Signal from = x;
            string skip = _graph.Conv($"{block.Name}.skip", x.Name,
                Weight($"{block.Name}.skip.Conv.weight", _generator[$"{block.Name}.skip.Conv.weight"], _ => 1 / from.Gain, 1));
            x = Styled(block, x, scale, upsample: false, new Signal(skip, block.Output, 1));
        }
        foreach (SaeBlock block in _configuration.UpsamplingBlocks)
        {
            scale *= 2;
            // An identity skip keeps the gain that it has, and the main path is made to agree.
            Signal skip = block.ChangesWidth ? Skip(block, x) : x;
            x = Styled(block, x, scale, upsample: true, skip);
        }

        double[] style = _style.Affine("G.ToRGB.conv.modulation");
        Signal last = x;
        return _graph.Conv("G.ToRGB", x.Name,
            Weight("G.ToRGB.conv.weight", _generator["G.ToRGB.conv.weight"], i => style[i] / last.Gain, 1),
            Vector("G.ToRGB.bias", Doubles(_generator["G.ToRGB.bias"]), 1));
    }

    private Signal Skip(SaeBlock block, Signal x)
    {
        string layer = $"{block.Name}.skip";
        string y = _graph.Conv(layer, x.Name, Weight($"{layer}.Conv.weight", _generator[$"{layer}.Conv.weight"], _ => 1 / x.Gain, 1),
            Vector($"{layer}.Act.bias", Doubles(_generator[$"{layer}.Act.bias"]), 1));
        return new Signal(_graph.LeakyRelu($"{layer}.Act", y), block.Output, 1);
    }

    // Two styled convolutions with constant weights, and the skip connection, which is still to be enlarged when up-sampling;
    // lrelu(g·v) = g·lrelu(v) lets the second one's output have the skip connection's gain.
    private Signal Styled(SaeBlock block, Signal x, int scale, bool upsample, Signal skip)
    {
        x = StyledConv(block, "conv1", x, scale, upsample, 1, null);
        bool fused = _options.Upsampling == UpsamplingForm.FusedTails;
        x = StyledConv(block, "conv2", x, scale, false, skip.Gain, fused ? skip.Name : null);
        if (!fused)
        {
            string enlarged = upsample ? _graph.Bilinear2($"{block.Name}.skip.Up", skip.Name) : skip.Name;
            x = x with { Name = _graph.Add(block.Name, x.Name, enlarged) };
        }
        return x with { Gain = skip.Gain * Root2 };
    }

    private Signal StyledConv(SaeBlock block, string part, Signal x, int scale, bool upsample, double gain, string? skip)
    {
        string layer = $"{block.Name}.{part}";
        double[] style = _style.Scales($"{layer}.conv");
        WeightTensor scaled = Scaled(_generator[$"{layer}.conv.weight"], i => style[i] / x.Gain, gain, upsample);
        string bias = Vector($"{layer}.activate.bias", Doubles(_generator[$"{layer}.activate.bias"]), gain);
        string? noise = Noise($"{layer}.noise", scale, gain);
        string y;
        if (_options.Upsampling == UpsamplingForm.FusedTails && (upsample || noise is not null || skip is not null))
        {
            y = upsample
                ? _graph.UpsampleTail($"{layer}.activate", PhaseConvolutions(layer, x.Name, scaled), bias, noise)
                : _graph.StyledTail($"{layer}.activate", _graph.Conv($"{layer}.conv", x.Name,
                    _graph.Initializer($"{layer}.conv.weight", scaled), padding: 1), bias, noise, skip);
            return new Signal(y, block.Output, gain);
        }
        y = upsample
            ? Upsampled(layer, x.Name, scaled, bias)
            : _graph.Conv($"{layer}.conv", x.Name, _graph.Initializer($"{layer}.conv.weight", scaled), bias, padding: 1);
        if (noise is not null)
            y = _graph.Add($"{layer}.noise", y, noise);
        return new Signal(_graph.LeakyRelu($"{layer}.activate", y), block.Output, gain);
    }

    // Transposed 3x3 convolution of stride 2, then the FIR filter, which takes the layer's bias along. Weight: [in, out, 3, 3].
    private string Upsampled(string layer, string x, WeightTensor weight, string bias)
    {
        int channels = weight.Shape[1];
        float[] kernel = GraphOperators.FirKernel(GeneratorTaps, 4);
        switch (_options.Upsampling)
        {
            case UpsamplingForm.TransposedConvolution:
                x = _graph.ConvTranspose2($"{layer}.conv", x, _graph.Initializer($"{layer}.conv.weight", weight));
                return _graph.Conv($"{layer}.conv.blur", x, Fir(), bias, 1, [1, 1, 1, 1], channels);
            case UpsamplingForm.PhasesThenFilter:
                x = _graph.Conv($"{layer}.conv", x, _graph.Initializer($"{layer}.conv.weight", Phases(weight)), padding: 1);
                x = DepthToSpace($"{layer}.conv.interleave", x);
                return _graph.Conv($"{layer}.conv.blur", x, Fir(), bias, 1, [1, 1, 0, 0], channels);
            default:
                WeightTensor composed = ComposedPhases(weight, kernel);
                x = _graph.Conv($"{layer}.conv", x, _graph.Initializer($"{layer}.conv.weight", composed), padding: 1);
                return _graph.Add($"{layer}.bias", DepthToSpace($"{layer}.conv.interleave", x),
                    _graph.Node("Reshape", $"{layer}.bias.map", [bias, _graph.Integers(1, -1, 1, 1)]));
        }

        string Fir() => _graph.Initializer($"fir.1_3_3_1.sum4.x{channels}", [.. Enumerable.Range(0, channels).SelectMany(_ => kernel)],
            channels, 1, 4, 4);
    }

    private string DepthToSpace(string name, string x) =>
        _graph.Node("DepthToSpace", name, [x], attributes: [("blocksize", 2L), ("mode", "DCR")]);

    // [in, out, 3, 3] of a transposed convolution → [4·out, in, 2, 2]: position m of phase (p, q) is pixel (2m + p, 2n + q).
    // Even pixels take tap 2 of the pixel before and tap 0 of the pixel itself, odd ones tap 1 of the pixel itself.
    private static WeightTensor Phases(WeightTensor weight)
    {
        int inputs = weight.Shape[0], outputs = weight.Shape[1];
        int[,] tap = { { 2, 0 }, { -1, 1 } };
        float[] result = new float[4 * outputs * inputs * 4];
        for (int phase = 0; phase < 4; phase++)
        {
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    for (int t = 0; t < 4; t++)
                    {
                        int v = tap[phase / 2, t / 2], h = tap[phase % 2, t % 2];
                        if (v >= 0 && h >= 0)
                            result[((((phase * outputs) + o) * inputs) + i) * 4 + t] = weight.Values[(((i * outputs) + o) * 9) + (v * 3) + h];
                    }
                }
            }
        }
        return new WeightTensor([4 * outputs, inputs, 2, 2], result);
    }

    // The transposed convolution as a convolution to each phase (p, q), which takes 2 - p by 2 - q taps; see Phases. Position (m, n) of
    // its result, [1, out, H + 1 - p, W + 1 - q], is pixel (2m + p, 2n + q). Weight: [in, out, 3, 3].
    private List<string> PhaseConvolutions(string layer, string x, WeightTensor weight)
    {
        int inputs = weight.Shape[0], outputs = weight.Shape[1];
        List<string> phases = [];
        for (int p = 0; p < 2; p++)
        {
            for (int q = 0; q < 2; q++)
            {
                int[] vertical = p == 0 ? [2, 0] : [1], horizontal = q == 0 ? [2, 0] : [1];
                float[] taps = new float[outputs * inputs * vertical.Length * horizontal.Length];
                int t = 0;
                for (int o = 0; o < outputs; o++)
                {
                    for (int i = 0; i < inputs; i++)
                    {
                        foreach (int v in vertical)
                        {
                            foreach (int h in horizontal)
                                taps[t++] = weight.Values[(((i * outputs) + o) * 9) + (v * 3) + h];
                        }
                    }
                }
                string kernel = _graph.Initializer($"{layer}.conv.weight.{p}{q}", taps, outputs, inputs, vertical.Length, horizontal.Length);
                phases.Add(_graph.Conv($"{layer}.conv.{p}{q}", x, kernel, null, 1, [1 - p, 1 - q, 1 - p, 1 - q]));
            }
        }
        return phases;
    }

    // Transposed convolution and FIR filter as one 3x3 convolution per phase: y[2m + p] takes x[m - 1 .. m + 1].
    private static WeightTensor ComposedPhases(WeightTensor weight, float[] fir)
    {
        int inputs = weight.Shape[0], outputs = weight.Shape[1];
        float[] result = new float[4 * outputs * inputs * 9];
        for (int i = 0; i < inputs; i++)
        {
            for (int o = 0; o < outputs; o++)
            {
                // Impulse response: pixel u of the output of an impulse at x[0] is Σ w[k] · fir[f] with u = k - f + 1 (padding 1).
                for (int v = 0; v < 36; v++)
                {
                    double sum = 0;
                    int uy = (v / 6) - 2, ux = (v % 6) - 2;
                    for (int k = 0; k < 9; k++)
                    {
                        int fy = (k / 3) - uy + 1, fx = (k % 3) - ux + 1;
                        if (fy is >= 0 and < 4 && fx is >= 0 and < 4)
                            sum += weight.Values[(((i * outputs) + o) * 9) + k] * fir[(fy * 4) + fx];
                    }
                    // u = 2m + p with the impulse m pixels before: the kernel's tap is 1 - m.
                    int p = uy & 1, q = ux & 1, my = (uy - p) / 2, mx = (ux - q) / 2;
                    int phase = (p * 2) + q;
                    result[((((phase * outputs) + o) * inputs) + i) * 9 + ((1 - my) * 3) + 1 - mx] = (float)sum;
                }
            }
        }
        return new WeightTensor([4 * outputs, inputs, 3, 3], result);
    }

    private string? Noise(string layer, int scale, double gain)
    {
        float weight = _generator[$"{layer}.weight"].Values[0];
        if (!_options.Noise || weight == 0)
            return null;
        int height = _options.Height / _configuration.Stride * scale, width = _options.Width / _configuration.Stride * scale;
        float[] map = FixedNoise.Map(layer, height, width, _noiseSeed);
        return Vector($"{layer}.map", map.Select(value => (double)value * weight), gain, 1, 1, height, width);
    }
}
