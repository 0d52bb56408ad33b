using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Noise;

/// <summary>The same noise at every call: a map for each layer. A static scene then translates to a static picture.</summary>
public sealed class FixedNoiseMaps : GeneratorNoise, IDisposable
{
    private readonly Dictionary<string, Tensor> _maps;

    /// <summary>Takes given maps.</summary>
    /// <param name="maps">[N or 1, 1, H, W] by layer name.</param>
    /// <param name="device">Where the generator runs; the CPU if null.</param>
    /// <param name="type">The generator's type.</param>
    public FixedNoiseMaps(IReadOnlyDictionary<string, WeightTensor> maps, Device? device = null, ScalarType type = ScalarType.Float32) =>
        _maps = maps.ToDictionary(
            map => map.Key,
            map => tensor(map.Value.Values, [.. map.Value.Shape.Select(size => (long)size)], type, device).DetachFromDisposeScope(),
            StringComparer.Ordinal);

    /// <summary>The default maps (<see cref="FixedNoise"/>) for an image size.</summary>
    /// <param name="configuration">The networks' sizes.</param>
    /// <param name="imageHeight">The image's height.</param>
    /// <param name="imageWidth">The image's width.</param>
    /// <param name="seed">Another seed gives other maps.</param>
    /// <param name="device">Where the generator runs; the CPU if null.</param>
    public static FixedNoiseMaps ForImage(
        SaeConfiguration configuration, int imageHeight, int imageWidth, ulong seed = 0, Device? device = null) =>
        new(FixedNoise.Maps(configuration, imageHeight, imageWidth, seed), device);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor map in _maps.Values)
            map.Dispose();
        _maps.Clear();
    }

    /// <inheritdoc/>
    protected internal override Tensor? Map(string layer, Tensor features)
    {
        if (!_maps.TryGetValue(layer, out Tensor? map))
        {
            throw new EdgeSimException($"There is no fixed noise map for the layer '{layer}'.",
                "Give a map for each of the generator's noise layers.");
        }
        long[] have = map.shape, need = features.shape;
        bool fits = have.Length == 4 && (have[0] == 1 || have[0] == need[0]) && have[1] == 1 && have[2] == need[2] && have[3] == need[3];
        return fits ? map : throw new EdgeSimException(
            $"The fixed noise map of '{layer}' is [{string.Join(", ", have)}], but the layer needs [1, 1, {need[2]}, {need[3]}].",
            "Make the maps for the image size in use.");
    }
}
