using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx;

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
            Signal main = Styled(block, x, scale, upsample: false, gain: 1);
            Signal from = x;
            string skip = _graph.Conv($"{block.Name}.skip", x.Name,
                Weight($"{block.Name}.skip.Conv.weight", _generator[$"{block.Name}.skip.Conv.weight"], _ => 1 / from.Gain, 1));
            x = new Signal(_graph.Add(block.Name, main.Name, skip), block.Output, Root2);
        }
        foreach (SaeBlock block in _configuration.UpsamplingBlocks)
        {
            scale *= 2;
            // An identity skip keeps the gain that it has, and the main path is made to agree.
            Signal skip = block.ChangesWidth ? Skip(block, x) : x;
            Signal main = Styled(block, x, scale, upsample: true, gain: skip.Gain);
            x = new Signal(_graph.Add(block.Name, main.Name, _graph.Bilinear2($"{block.Name}.skip.Up", skip.Name)), block.Output, skip.Gain * Root2);
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

    // Two styled convolutions with constant weights; lrelu(g·v) = g·lrelu(v) lets the second one's output have any gain.
    private Signal Styled(SaeBlock block, Signal x, int scale, bool upsample, double gain)
    {
        x = StyledConv(block, "conv1", x, scale, upsample, 1);
        return StyledConv(block, "conv2", x, scale, upsample: false, gain);
    }

    private Signal StyledConv(SaeBlock block, string part, Signal x, int scale, bool upsample, double gain)
    {
        string layer = $"{block.Name}.{part}";
        double[] style = _style.Scales($"{layer}.conv");
        string weight = Weight($"{layer}.conv.weight", _generator[$"{layer}.conv.weight"], i => style[i] / x.Gain, gain, upsample);
        string bias = Vector($"{layer}.activate.bias", Doubles(_generator[$"{layer}.activate.bias"]), gain);
        string? noise = Noise($"{layer}.noise", scale, gain);
        string y = upsample
            ? Blurred(layer, _graph.ConvTranspose2($"{layer}.conv", x.Name, weight), block.Output, bias)
            : _graph.Conv($"{layer}.conv", x.Name, weight, bias, padding: 1);
        if (noise is not null)
            y = _graph.Add($"{layer}.noise", y, noise);
        return new Signal(_graph.LeakyRelu($"{layer}.activate", y), block.Output, gain);
    }

    // The FIR filter after a transposed convolution takes the layer's bias along.
    private string Blurred(string layer, string x, int channels, string bias)
    {
        float[] kernel = GraphOperators.FirKernel(GeneratorTaps, 4);
        string weight = _graph.Initializer($"fir.1_3_3_1.sum4.x{channels}", [.. Enumerable.Range(0, channels).SelectMany(_ => kernel)],
            channels, 1, 4, 4);
        return _graph.Conv($"{layer}.conv.blur", x, weight, bias, padding: 1, groups: channels);
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
