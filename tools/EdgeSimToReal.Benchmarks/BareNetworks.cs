using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>
/// The forward and backward passes of a training step and nothing else: no data, losses, optimisers, averages or scalars. Outputs are
/// summed up, so that every gradient is computed.
/// </summary>
internal sealed class BareNetworks : IDisposable
{
    private readonly LcsaeConfiguration _configuration;
    private readonly ScalarType _type;
    private readonly SwappingAutoencoder _autoencoder;
    private readonly InnerSemanticBranch _inner;
    private readonly Discriminators _discriminators;
    private readonly Segmenter _segmenter;
    private readonly Tensor _images;
    private readonly Tensor _patches;
    private readonly Tensor _patchesSingle;

    /// <summary>Makes the networks of a configuration whose discriminators and generator share a batch.</summary>
    public BareNetworks(LcsaeConfiguration configuration, Device device, ScalarType type)
    {
        (_configuration, _type) = (configuration, type);
        _autoencoder = new SwappingAutoencoder(configuration.Network);
        _inner = new InnerSemanticBranch(configuration.Network, LabelSpaces.ByName(configuration.LabelSpace).Count);
        DiscriminatorSizes sizes = configuration.Discriminators;
        _discriminators = new Discriminators(sizes.Image(configuration.CropHeight, configuration.CropWidth), sizes.Patch());
        _segmenter = Segmenter.Load(configuration.Outer.Segmenters[0].Path);
        foreach (TorchSharp.Modules.Parameter parameter in _segmenter.parameters())
            parameter.requires_grad = false;
        long n = configuration.BatchSize;
        _autoencoder.to(device);
        _inner.to(device);
        _discriminators.to(device);
        _segmenter.to(device);
        _images = randn([2 * n, 3, configuration.CropHeight, configuration.CropWidth], device: device);
        _patchesSingle = randn([n, sizes.PatchesPerImage, 3, sizes.PatchSize, sizes.PatchSize], device: device);
        _patches = _patchesSingle.to(type);
    }

    /// <summary>One step's passes.</summary>
    /// <param name="regularise">Whether R1's passes, of second order, are among them.</param>
    public void Step(bool regularise)
    {
        using IDisposable scope = NewDisposeScope();
        int n = _configuration.BatchSize;
        Tensor images = _images.to(_type);
        (Tensor structure, Tensor texture, Tensor features) = _autoencoder.Encoder.ForwardWithInnerFeatures(images);
        // As many reconstructions and hybrids as a step has; which codes meet does not matter for the time.
        Tensor made = _autoencoder.Generator.forward(structure, texture, GeneratorNoise.Random);
        Trainable(true);
        Tensor judged = _discriminators.Image.forward(cat([images, made.detach()], 0));
        (judged.sum() + PatchLogits(_patches, _patches) + CandidateLogits(_patches)).backward();
        if (regularise)
        {
            (R1Penalty.Image(_discriminators.Image, _images).sum() + Sum(R1Penalty.Patch(_discriminators.Patch, _patchesSingle, _patchesSingle)))
                .backward();
        }
        Trainable(false);
        Tensor hybrids = made[n..], rebuilt = made[..n];
        Tensor crops = PatchCrops.Sample(hybrids, CropBox.Draw(new Random(1), n * _configuration.Discriminators.PatchesPerImage),
            _configuration.Discriminators.PatchSize);
        Tensor reference;
        using (no_grad())
        {
            reference = _discriminators.Patch.ReferenceFeatures(_patches);
            _segmenter.Features(_segmenter.Normalise(images[..n]));
        }
        Tensor sum = _discriminators.Image.forward(made).sum()
            + _discriminators.Patch.Logits(reference, _discriminators.Patch.Features(crops)).sum()
            + _inner.forward(features).sum()
            + _segmenter.forward(_segmenter.Normalise(hybrids)).sum()
            + stack(_segmenter.Features(_segmenter.Normalise(rebuilt)).Take(3).Select(map => map.sum())).sum();
        sum.backward();
        foreach (TorchSharp.Modules.Parameter parameter in _autoencoder.parameters().Concat(_inner.parameters()).Concat(_discriminators.parameters()))
            parameter.grad = null;
    }

    public void Dispose()
    {
        _images.Dispose();
        _patches.Dispose();
        _patchesSingle.Dispose();
        _segmenter.Dispose();
        _discriminators.Dispose();
        _inner.Dispose();
        _autoencoder.Dispose();
    }

    private static Tensor Sum((Tensor First, Tensor Second) pair) => pair.First.sum() + pair.Second.sum();

    private Tensor PatchLogits(Tensor reference, Tensor target) => _discriminators.Patch.forward(reference, target).sum();

    private Tensor CandidateLogits(Tensor candidate) => _discriminators.Patch.Features(candidate).sum();

    private void Trainable(bool trainable)
    {
        foreach (TorchSharp.Modules.Parameter parameter in _discriminators.parameters())
            parameter.requires_grad = trainable;
    }
}
