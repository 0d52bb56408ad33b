using EdgeSimToReal.Networks;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Objectives;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The training's batches: N simulated and N real images (chapter 4.2), or 2N of all sets in mode sae.</summary>
internal sealed class LcsaeData : IDisposable
{
    private readonly List<BatchStream> _streams = [];
    private readonly LcsaeConfiguration _configuration;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly IgnoredClasses _ignored;

    /// <summary>Opens the folders and begins to read.</summary>
    /// <param name="configuration">Which images.</param>
    /// <param name="simulated">The simulated sets.</param>
    /// <param name="real">The real sets.</param>
    /// <param name="device">Where batches go.</param>
    /// <param name="type">What the networks compute in.</param>
    /// <param name="first">Number of the first batch.</param>
    public LcsaeData(LcsaeConfiguration configuration, IReadOnlyList<ImageSet> simulated, IReadOnlyList<ImageSet> real, Device device,
        ScalarType type, long first)
    {
        (_configuration, _device, _type) = (configuration, device, type);
        _ignored = new IgnoredClasses(configuration.Semantics.Ignore, configuration.Classes);
        if (configuration.Mode == LcsaeMode.Sae)
        {
            Open([.. simulated, .. real], 2 * configuration.BatchSize, "images", first);
            return;
        }
        Open(simulated, configuration.BatchSize, "simulated", first);
        Open(real, configuration.BatchSize, "real", first);
    }

    /// <summary>Time spent waiting for images.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(_streams.Sum(stream => stream.Waited.Ticks));

    /// <summary>The next batch, owned by the current dispose scope.</summary>
    public LcsaeBatch Next()
    {
        List<Tensor> images = [], labels = [];
        foreach (BatchStream stream in _streams)
        {
            using ImageBatch batch = stream.Next();
            images.Add(batch.Images.to(_device));
            labels.Add(batch.Labels.to(_device));
        }
        Tensor single = cat(images, 0), truth = cat(labels, 0);
        return new LcsaeBatch(single, single.to(_type), _ignored.Apply(truth), Conditions(truth));
    }

    public void Dispose()
    {
        foreach (BatchStream stream in _streams)
            stream.Dispose();
    }

    private Tensor? Conditions(Tensor labels) => _configuration.Network.LabelClasses == 0 ? null
        : LabelMaps.FromLabels(labels, _configuration.Network.LabelClasses, _configuration.Network.Stride);

    private void Open(IReadOnlyList<ImageSet> sets, int size, string purpose, long first) =>
        _streams.Add(new BatchStream(sets, new BatchOptions
        {
            Size = size,
            Height = _configuration.CropHeight,
            Width = _configuration.CropWidth,
            Flip = _configuration.Flip,
            Target = _configuration.Classes,
            Seed = _configuration.Seed,
            Purpose = purpose,
            Workers = _configuration.Workers,
        }, first));
}
