using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The same networks as TorchSharp modules, run eagerly: what a user without the baker would do.</summary>
internal sealed class EagerModel : IDisposable
{
    private readonly SwappingAutoencoder _networks;
    private readonly FixedNoiseMaps _noise;
    private readonly Tensor _texture;

    public EagerModel(SaeConfiguration configuration, IReadOnlyDictionary<string, WeightTensor>? weights, int height, int width, int threads,
        ReadOnlySpan<float> texture)
    {
        set_num_threads(threads);
        _networks = new SwappingAutoencoder(configuration);
        if (weights is not null)
            ModuleWeights.Import(_networks, weights, "the bundle");
        _networks.eval();
        _noise = FixedNoiseMaps.ForImage(configuration, height, width);
        _texture = tensor(texture.ToArray(), [1, configuration.TextureChannels]);
    }

    /// <summary>Image [1, 3, H, W] → translated image, with the texture code given.</summary>
    public float[] Run(float[] image, int height, int width)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable inference = no_grad();
        StructureCodes structure = _networks.Encoder.Structures(tensor(image, [1, 3, height, width]));
        return _networks.Generator.forward(structure, _texture, _noise).data<float>().ToArray();
    }

    public void Dispose()
    {
        _texture.Dispose();
        _noise.Dispose();
        _networks.Dispose();
    }
}
