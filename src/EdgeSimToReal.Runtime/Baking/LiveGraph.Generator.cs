using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;

namespace EdgeSimToReal.Runtime.Baking;

/// <content>The generator with its style frozen.</content>
public sealed partial class LiveGraph
{
    private static readonly float[] GeneratorTaps = [1, 3, 3, 1];

    private string Generate(Signal structure, string? labels)
    {
        const string modulation = "G.SpatialCodeModulation";
        int channels = structure.Channels;
        string scaled = _graph.Mul($"{modulation}.product", structure.Name,
            Vector($"{modulation}.scale", _style.Affine($"{modulation}.scale"), 1, 1, channels, 1, 1));
        Signal x = new(_graph.Add(modulation, scaled,
            Vector($"{modulation}.bias", _style.Affine($"{modulation}.bias"), 1, 1, channels, 1, 1)), channels, 1);
        if (labels is not null)
            x = new Signal(_graph.Join("G.Labelled", x.Name, labels), channels + _configuration.LabelClasses, 1);

        int scale = 1;
        foreach (SaeBlock block in _configuration.HeadBlocks)
        {
            // (main + skip)/√2 is stored without the 1/√2, as a signal of gain √2.
            Signal from = x;
            string skip = _graph.Conv($"{block.Name}.skip", x.Name,
                Weight($"{block.Name}.skip.Conv.weight", _generator[$"{block.Name}.skip.Conv.weight"], _ => 1 / from.Gain, 1));
            x = Styled(block, x, scale, upsample: false, new Signal(skip, block.Output, 1));
        }
        foreach ((int j, SaeBlock block) in _configuration.UpsamplingBlocks.Index())
        {
            scale *= 2;
            // An identity skip keeps the gain that it has, and the main path is made to agree.
            Signal skip = block.ChangesWidth ? Skip(block, x) : x;
            x = Styled(block, x, scale, upsample: true, skip, j);
            KeepColours(j, x);
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
        return new Signal(Activated(layer, x.Name, Weight($"{layer}.Conv.weight", _generator[$"{layer}.Conv.weight"], _ => 1 / x.Gain, 1),
            Vector($"{layer}.Act.bias", Doubles(_generator[$"{layer}.Act.bias"]), 1)), block.Output, 1);
    }

    // Two styled convolutions with constant weights, and the skip connection, which is still to be enlarged when up-sampling;
    // lrelu(g·v) = g·lrelu(v) lets the second one's output have the skip connection's gain.
    private Signal Styled(SaeBlock block, Signal x, int scale, bool upsample, Signal skip, int index = 0)
    {
        x = StyledConv(block, "conv1", x, scale, upsample, 1, null);
        if (upsample)
            x = x with { Name = WithLevel(block, index, x.Name) };
        bool fused = _options.Upsampling == UpsamplingForm.FusedTails || OnCuda;
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
        if (OnCuda)
            return new Signal(StyledOnCuda(layer, x.Name, scaled, upsample, bias, noise, skip), block.Output, gain);
        if (_options.Upsampling == UpsamplingForm.FusedTails && (upsample || noise is not null || skip is not null))
        {
            y = upsample
                ? _graph.UpsampleTail($"{layer}.activate", PhaseConvolutions(layer, x.Name, scaled), bias, noise)
                : _graph.StyledConvolution(layer, x.Name, _graph.Initializer($"{layer}.conv.weight", scaled), bias, noise, skip);
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
        string fir = _graph.Initializer($"fir.1_3_3_1.sum4.x{channels}", [.. Enumerable.Range(0, channels).SelectMany(_ => kernel)],
            channels, 1, 4, 4);
        x = _graph.ConvTranspose2($"{layer}.conv", x, _graph.Initializer($"{layer}.conv.weight", weight));
        return _graph.Conv($"{layer}.conv.blur", x, fir, bias, 1, [1, 1, 1, 1], channels);
    }

    // The transposed convolution as a convolution to each phase (p, q), which takes 2 - p by 2 - q taps: even pixels take
    // tap 2 of the pixel before and tap 0 of the pixel itself, odd ones tap 1 of the pixel itself. Position (m, n) of its result,
    // [1, out, H + 1 - p, W + 1 - q], is pixel (2m + p, 2n + q). Weight: [in, out, 3, 3].
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
