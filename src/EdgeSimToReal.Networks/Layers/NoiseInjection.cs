using EdgeSimToReal.Networks.Noise;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Adds weight · noise, the same noise to all channels; the weight is learnt from 0.</summary>
internal sealed class NoiseInjection : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [1]
    private readonly string _layer;

    /// <param name="layer">The layer's full name, by which fixed maps are found, e.g. "G.HeadResnetBlock0.conv1.noise".</param>
    public NoiseInjection(string layer)
        : base(nameof(NoiseInjection))
    {
        _weight = this.Register("weight", zeros(1));
        _layer = layer;
    }

    /// <summary>x + gain · weight · noise, in place.</summary>
    public Tensor Apply(Tensor x, GeneratorNoise noise, double gain)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor? map = noise.Map(_layer, x);
        if (map is not null)
            x.add_(map.As(x) * (_weight * gain).As(x));
        return x;
    }
}
