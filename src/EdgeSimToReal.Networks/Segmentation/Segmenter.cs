using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>A semantic segmentation network: DeepLabV3+ on MobileNetV2 or ResNet-50, or a compact U-Net.</summary>
/// <remarks>
/// Parameters have the keys of the common PyTorch implementation of DeepLabV3+. In training, batch normalisation takes each batch's own
/// statistics (give it several images) and dropout acts; <c>eval()</c> switches both off.
/// </remarks>
public sealed class Segmenter : nn.Module<Tensor, Tensor>
{
    /// <summary>The weight of a batch's statistics in a backbone's running ones: small, since it starts from much larger data.</summary>
    public const double BackboneMomentum = 0.01;

    /// <summary>The weight of a batch's statistics in the running ones of the head, and of the whole U-Net.</summary>
    public const double HeadMomentum = 0.1;

    private readonly TorchSegmenterOperators _operators;

    /// <summary>Creates the network with random weights (from the global generator) on the CPU, in training mode.</summary>
    /// <param name="configuration">Which network.</param>
    /// <exception cref="Core.EdgeSimException">The configuration is out of range.</exception>
    public Segmenter(SegmenterConfiguration configuration)
        : base(nameof(Segmenter))
    {
        configuration.Validate();
        Configuration = configuration;
        _operators = new TorchSegmenterOperators(this);
        Dictionary<string, ModuleTree> roots = new(StringComparer.Ordinal);
        foreach (SegmenterLayer layer in configuration.Layers())
        {
            bool pretrained = layer.IsBackbone && configuration.Architecture != SegmenterArchitecture.UNet;
            _operators.Create(layer, pretrained ? BackboneMomentum : HeadMomentum, Place);
        }

        void Place(string key, nn.Module leaf)
        {
            int dot = key.IndexOf('.', StringComparison.Ordinal);
            if (!roots.TryGetValue(key[..dot], out ModuleTree? root))
                roots.Add(key[..dot], root = this.Register(key[..dot], new ModuleTree()));
            root.Place(key[(dot + 1)..], leaf);
        }
    }

    /// <summary>Which network.</summary>
    public SegmenterConfiguration Configuration { get; }

    /// <summary>Parameters of the backbone (of a U-Net: the encoder), which trains at a tenth of the head's rate when pretrained.</summary>
    public IEnumerable<Parameter> BackboneParameters() => Parameters(backbone: true);

    /// <summary>Parameters of the head (of a U-Net: the decoder).</summary>
    public IEnumerable<Parameter> HeadParameters() => Parameters(backbone: false);

    /// <summary>Reads a weights file; its metadata gives the configuration.</summary>
    /// <param name="path">A safetensors file with the reference's keys.</param>
    /// <param name="configuration">The configuration, where the file's metadata doesn't hold it.</param>
    /// <returns>The network in evaluation mode.</returns>
    /// <exception cref="Core.EdgeSimException">The file is missing or damaged, or its keys or shapes don't fit.</exception>
    public static Segmenter Load(string path, SegmenterConfiguration? configuration = null)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Segmenter segmenter = new(configuration ?? SegmenterConfiguration.FromMetadata(file.Metadata));
        try
        {
            ModuleWeights.Import(segmenter, file.Tensors, path);
        }
        catch
        {
            segmenter.Dispose();
            throw;
        }
        segmenter.eval();
        return segmenter;
    }

    /// <summary>Writes weights, running statistics and configuration to a safetensors file, atomically.</summary>
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

    /// <summary>What the network expects, of an image as the autoencoder has it.</summary>
    /// <param name="image">[N, 3, H, W], RGB in [-1, 1].</param>
    /// <returns>[N, 3, H, W], (v - mean) / deviation of v in [0, 1] (<see cref="SegmenterConfiguration.Normalisation"/>).</returns>
    public Tensor Normalise(Tensor image)
    {
        Check(image);
        using IDisposable scope = NewDisposeScope();
        Tensor single = image.AtLeastSingle();
        Tensor gain = Channels(Configuration.Normalisation.Gain), offset = Channels(Configuration.Normalisation.Offset);
        return single.mul(gain).add_(offset).As(image).MoveToOuterDisposeScope();

        Tensor Channels(float[] values) => tensor(values, [1, 3, 1, 1], dtype: single.dtype, device: image.device);
    }

    /// <summary>Logits of a normalised image.</summary>
    /// <param name="image">[N, 3, H, W], as <see cref="Normalise"/> gives it; sides of at least 16.</param>
    /// <returns>[N, classes, H, W].</returns>
    /// <exception cref="Core.EdgeSimException">The image is too small.</exception>
    public override Tensor forward(Tensor image)
    {
        Check(image);
        using IDisposable scope = NewDisposeScope();
        return Configuration.Head(_operators, Configuration.Backbone(_operators, image.ChannelsLast()), image).MoveToOuterDisposeScope();
    }

    /// <summary>The backbone's maps of a normalised image, for feature matching and Fréchet distances.</summary>
    /// <param name="image">[N, 3, H, W], as <see cref="Normalise"/> gives it; sides of at least 16.</param>
    /// <returns>Four maps from fine to coarse, with <see cref="SegmenterConfiguration.StageChannels"/> channels.</returns>
    /// <exception cref="Core.EdgeSimException">The image is too small.</exception>
    public IReadOnlyList<Tensor> Features(Tensor image)
    {
        Check(image);
        using IDisposable scope = NewDisposeScope();
        return [.. Configuration.Backbone(_operators, image.ChannelsLast()).Select(stage => stage.MoveToOuterDisposeScope())];
    }

    /// <summary>Logits and the backbone's maps in one pass.</summary>
    /// <param name="image">[N, 3, H, W], as <see cref="Normalise"/> gives it; sides of at least 16.</param>
    /// <returns>What <see cref="forward"/> and <see cref="Features"/> give.</returns>
    /// <exception cref="Core.EdgeSimException">The image is too small.</exception>
    public (Tensor Logits, IReadOnlyList<Tensor> Features) ForwardWithFeatures(Tensor image)
    {
        Check(image);
        using IDisposable scope = NewDisposeScope();
        IReadOnlyList<Tensor> stages = Configuration.Backbone(_operators, image.ChannelsLast());
        Tensor logits = Configuration.Head(_operators, stages, image).MoveToOuterDisposeScope();
        return (logits, [.. stages.Select(stage => stage.MoveToOuterDisposeScope())]);
    }

    private static void Check(Tensor image)
    {
        if (image.dim() != 4 || image.shape[1] != 3)
            throw new ArgumentException($"An image batch is [N, 3, H, W], not [{string.Join(", ", image.shape)}].", nameof(image));
        SegmenterConfiguration.CheckImageSize(image.shape[2], image.shape[3]);
    }

    private IEnumerable<Parameter> Parameters(bool backbone) => named_parameters()
        .Where(item => item.name.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal) == backbone)
        .Select(item => item.parameter);
}
