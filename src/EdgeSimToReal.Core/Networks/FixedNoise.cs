using System.Text;

namespace EdgeSimToReal.Core.Networks;

/// <summary>The deterministic noise maps of the generator: a static scene must translate to a static picture.</summary>
/// <remarks>Standard normal values by splitmix64 and the Box–Muller transform: the same bits for all that run on one machine.</remarks>
public static class FixedNoise
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>One layer's map.</summary>
    /// <param name="layer">The layer's name, e.g. "G.HeadResnetBlock0.conv1.noise".</param>
    /// <param name="height">The map's height, at least 1.</param>
    /// <param name="width">The map's width, at least 1.</param>
    /// <param name="seed">Another seed gives other maps for all layers.</param>
    /// <returns>Row-major values, [1, 1, height, width].</returns>
    public static float[] Map(string layer, int height, int width, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ulong state = Start(layer, height, width, seed);
        float[] map = new float[checked(height * width)];
        for (int i = 0; i < map.Length; i += 2)
        {
            // 1 - u lies in (0, 1], so that the logarithm is finite.
            double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(ref state)));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * Uniform(ref state));
            map[i] = (float)(radius * cosine);
            if (i + 1 < map.Length)
                map[i + 1] = (float)(radius * sine);
        }
        return map;
    }

    /// <summary>All maps that a generator needs for an image size, by layer name.</summary>
    /// <param name="configuration">The networks' sizes.</param>
    /// <param name="imageHeight">The image's height, a multiple of <see cref="SaeConfiguration.ImageMultiple"/>.</param>
    /// <param name="imageWidth">The image's width, a multiple of <see cref="SaeConfiguration.ImageMultiple"/>.</param>
    /// <param name="seed">Another seed gives other maps for all layers.</param>
    /// <returns>Tensors [1, 1, h, w] by <see cref="SaeNoiseLayer.Name"/>.</returns>
    public static Dictionary<string, Weights.WeightTensor> Maps(SaeConfiguration configuration, int imageHeight, int imageWidth,
        ulong seed = 0) => configuration.NoiseLayers.ToDictionary(layer => layer.Name, layer =>
    {
        int height = imageHeight / configuration.Stride * layer.Scale, width = imageWidth / configuration.Stride * layer.Scale;
        return new Weights.WeightTensor([1, 1, height, width], Map(layer.Name, height, width, seed));
    }, StringComparer.Ordinal);

    private static ulong Start(string layer, int height, int width, ulong seed)
    {
        ulong hash = 0xCBF29CE484222325; // FNV-1a, 64 bits
        foreach (byte value in Encoding.UTF8.GetBytes(layer))
            hash = unchecked((hash ^ value) * 0x100000001B3);
        ulong state = unchecked(hash + seed);
        return Mix(unchecked(Mix(state) + ((ulong)(uint)height << 32) + (uint)width));
    }

    private static double Uniform(ref ulong state)
    {
        state = unchecked(state + Increment);
        return (Mix(state) >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
