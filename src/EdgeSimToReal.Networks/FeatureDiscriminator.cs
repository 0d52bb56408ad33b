using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>
/// Discriminators on a picture and on a frozen network's maps of it, one head a map. A head answers for each pixel and its class: is this
/// real road, is this a real tree? It has no answer apart from the class, so that a picture can't look real by showing other classes.
/// </summary>
/// <remarks>
/// Features that others learnt from a million pictures tell few photographs and hybrids apart by what they show rather than by single pixels.
/// </remarks>
public sealed class FeatureDiscriminator : nn.Module
{
    private const double Slope = 0.2;
    private readonly List<Head> _heads = [];

    /// <summary>Creates the heads with random weights on the CPU.</summary>
    /// <param name="channels">Channels of each map, the picture's 3 first, at least one.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="width">Width of a head, at least 1.</param>
    public FeatureDiscriminator(IReadOnlyList<int> channels, int classes, int width = 64)
        : base(nameof(FeatureDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfZero(channels.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        for (int i = 0; i < channels.Count; i++)
            _heads.Add(this.Register($"{i}", new Head(channels[i], classes, width, ofPicture: i == 0)));
    }

    /// <summary>Each head's answers.</summary>
    /// <param name="stages">The picture [N, 3, H, W] and the maps [N, C, h, w].</param>
    /// <param name="labels">[N, H, W] of classes 0 … K - 1; others count for no class.</param>
    /// <returns>
    /// For each head logits [N, 1, h', w'], above 0 for real, and the labelled share of each of their pixels [N, 1, h', w'].
    /// </returns>
    public IReadOnlyList<(Tensor Logits, Tensor Share)> Forward(IReadOnlyList<Tensor> stages, Tensor labels) =>
        [.. _heads.Select((head, i) => head.Forward(stages[i], labels))];

    private sealed class Head : nn.Module
    {
        private readonly ModuleGroup<SpectralConvolution> _layers;
        private readonly SpectralConvolution _byClass;
        private readonly int _classes;

        public Head(int channels, int classes, int width, bool ofPicture)
            : base(nameof(Head))
        {
            _layers = this.Register("layers", new ModuleGroup<SpectralConvolution>(ofPicture
                ? [("0", new(channels, width / 2, 3, stride: 2)), ("1", new(width / 2, width, 3, stride: 2)), ("2", new(width, width, 3))]
                : [("0", new(channels, width, 1)), ("1", new(width, width, 3))]));
            _byClass = this.Register("class", new SpectralConvolution(width, classes, 1));
            _classes = classes;
        }

        public (Tensor Logits, Tensor Share) Forward(Tensor map, Tensor labels)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor x = map;
            foreach (SpectralConvolution layer in _layers)
                x = nn.functional.leaky_relu(layer.forward(x), Slope);
            Tensor answers = _byClass.forward(x).AtLeastSingle();
            Tensor ids = arange(_classes, dtype: labels.dtype, device: labels.device).view(1, -1, 1, 1);
            Tensor shares = nn.functional.adaptive_avg_pool2d(labels.unsqueeze(1).eq(ids).to(answers.dtype), [answers.shape[2], answers.shape[3]]);
            return ((answers * shares).sum([1L], keepdim: true).MoveToOuterDisposeScope(),
                shares.sum([1L], keepdim: true).MoveToOuterDisposeScope());
        }
    }
}
