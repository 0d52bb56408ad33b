using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class NoiseTests : IDisposable
{
    private const int Height = 32, Width = 48;

    private static readonly SaeConfiguration Tiny = SaeConfiguration.Tiny;
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _gradients = no_grad();
    private readonly Generator _generator = new(Tiny);
    private readonly Dictionary<string, WeightTensor> _weights =
        SaeGolden.Weights(Tiny).Where(weight => weight.Key.StartsWith("G."))
            .ToDictionary(weight => weight.Key["G.".Length..], weight => weight.Value);
    private readonly Tensor _structure = tensor(GoldenTensor.Create("structure", 2 * 4 * 4 * 6, 1), [2, 4, 4, 6]);
    private readonly Tensor _texture = tensor(GoldenTensor.Create("texture", 2 * 24, 1), [2, 24]);

    public NoiseTests() => ModuleWeights.Import(_generator, _weights, "test");

    public void Dispose()
    {
        _generator.Dispose();
        _gradients.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Off_IsTheImageOfZeroNoiseWeights()
    {
        float[] off = Run(GeneratorNoise.Off);
        foreach (string key in _weights.Keys.Where(key => key.EndsWith("noise.weight")))
            _weights[key].Values[0] = 0;
        float[] random = Run(GeneratorNoise.Random);
        Assert.NotEqual(off, random);
        ModuleWeights.Import(_generator, _weights, "test");
        Assert.Equal(off, Run(GeneratorNoise.Random));
    }

    [Fact]
    public void Random_DiffersFromCallToCall_AndFollowsTheSeed()
    {
        manual_seed(1);
        float[] first = Run(GeneratorNoise.Random), second = Run(GeneratorNoise.Random);
        Assert.NotEqual(first, second);
        manual_seed(1);
        Assert.Equal(first, Run(GeneratorNoise.Random));
    }

    [Fact]
    public void Fixed_IsTheSameAtEveryCall_AndFollowsTheSeed()
    {
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(Tiny, Height, Width);
        float[] first = Run(maps);
        Assert.Equal(first, Run(maps));
        Assert.NotEqual(first, Run(GeneratorNoise.Off));
        using FixedNoiseMaps same = FixedNoiseMaps.ForImage(Tiny, Height, Width);
        using FixedNoiseMaps other = FixedNoiseMaps.ForImage(Tiny, Height, Width, seed: 1);
        Assert.Equal(first, Run(same));
        Assert.NotEqual(first, Run(other));
    }

    [Fact]
    public void Fixed_MapsAreCores_BitForBit()
    {
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(Tiny, Height, Width, seed: 3);
        foreach (SaeNoiseLayer layer in Tiny.NoiseLayers)
        {
            int height = 4 * layer.Scale, width = 6 * layer.Scale;
            Tensor map = maps.Map(layer.Name, zeros(1, 1, height, width))!;
            Assert.Equal(FixedNoise.Map(layer.Name, height, width, 3), map.data<float>().ToArray());
        }
    }

    [Fact]
    public void Fixed_EachLayerCounts()
    {
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(Tiny, Height, Width);
        float[] image = Run(maps);
        foreach (SaeNoiseLayer layer in Tiny.NoiseLayers)
        {
            Dictionary<string, WeightTensor> changed = FixedNoise.Maps(Tiny, Height, Width);
            changed[layer.Name] = new WeightTensor(changed[layer.Name].Shape, new float[changed[layer.Name].Count]);
            using FixedNoiseMaps without = new(changed);
            Assert.NotEqual(image, Run(without));
        }
    }

    [Fact]
    public void Fixed_OtherSize_IsRefusedByLayerName()
    {
        using FixedNoiseMaps maps = FixedNoiseMaps.ForImage(Tiny, Height, Width + 16);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Run(maps));
        Assert.Contains("G.HeadResnetBlock0.conv1.noise", error.Message);
        Assert.Contains("[1, 1, 4, 6]", error.Message);
    }

    [Fact]
    public void Fixed_MissingLayer_IsRefusedByName()
    {
        Dictionary<string, WeightTensor> maps = FixedNoise.Maps(Tiny, Height, Width);
        maps.Remove("G.UpsamplingResBlock64.conv2.noise");
        using FixedNoiseMaps incomplete = new(maps);
        Assert.Contains("G.UpsamplingResBlock64.conv2.noise", Assert.Throws<EdgeSimException>(() => Run(incomplete)).Message);
    }

    private float[] Run(GeneratorNoise noise) => _generator.forward(_structure, _texture, noise).data<float>().ToArray();
}
