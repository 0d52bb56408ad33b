using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>Encoder and generator together; its parameters' names are the reference's keys ("E.…", "G.…").</summary>
public sealed class SwappingAutoencoder : nn.Module
{
    /// <summary>Creates both networks with random weights on the CPU.</summary>
    /// <param name="configuration">Sizes.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public SwappingAutoencoder(SaeConfiguration configuration)
        : base(nameof(SwappingAutoencoder))
    {
        Configuration = configuration;
        Encoder = this.Register("E", new Encoder(configuration));
        Generator = this.Register("G", new Generator(configuration));
    }

    /// <summary>The networks' sizes.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>The encoder, parameters "E.…".</summary>
    public Encoder Encoder { get; }

    /// <summary>The generator, parameters "G.…".</summary>
    public Generator Generator { get; }

    /// <summary>Reads a weights file; its metadata gives the sizes.</summary>
    /// <param name="path">A weights file of any known format, with the reference's keys.</param>
    /// <param name="configuration">Sizes, where the file's metadata doesn't hold them.</param>
    /// <exception cref="Core.EdgeSimException">The file is missing or damaged, or its keys or shapes don't fit.</exception>
    public static SwappingAutoencoder Load(string path, SaeConfiguration? configuration = null)
    {
        WeightsFile file = WeightsFile.Read(path);
        SwappingAutoencoder networks = new(configuration ?? SaeConfiguration.FromMetadata(file.Metadata));
        try
        {
            ModuleWeights.Import(networks, WeightKeyMap.SwappingAutoencoder.Apply(file.Tensors, path).Tensors, path);
        }
        catch
        {
            networks.Dispose();
            throw;
        }
        return networks;
    }

    /// <summary>Writes the weights and sizes to a safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="metadata">More metadata, e.g. training data and licence.</param>
    /// <exception cref="Core.EdgeSimException">The file can't be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Dictionary<string, string> all = Configuration.ToMetadata();
        foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
            all[key] = value;
        new SafetensorsFile(ModuleWeights.Export(this), all).Write(path);
    }
}
