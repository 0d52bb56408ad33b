using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Noise;

/// <summary>Where the generator's noise comes from.</summary>
public abstract class GeneratorNoise
{
    /// <summary>No noise at all: what is added is zero. Learnt textures look too smooth without it.</summary>
    public static GeneratorNoise Off { get; } = new NoNoise();

    /// <summary>New noise at every call, from the device's global generator: for training.</summary>
    public static GeneratorNoise Random { get; } = new RandomNoise();

    /// <summary>The noise of one layer, or null for none.</summary>
    /// <param name="layer">The layer's name, e.g. "G.HeadResnetBlock0.conv1.noise".</param>
    /// <param name="features">What it will be added to, [N, C, H, W]: gives size, type and device.</param>
    /// <returns>[N or 1, 1, H, W], owned by the current dispose scope or by this object.</returns>
    protected internal abstract Tensor? Map(string layer, Tensor features);

    private sealed class NoNoise : GeneratorNoise
    {
        protected internal override Tensor? Map(string layer, Tensor features) => null;
    }

    private sealed class RandomNoise : GeneratorNoise
    {
        protected internal override Tensor? Map(string layer, Tensor features) =>
            randn(features.shape[0], 1, features.shape[2], features.shape[3], features.dtype, features.device);
    }
}
