using EdgeSimToReal.Training.Checkpoints;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Style by class (an addition to the paper, off in its settings): a hybrid's road is to look as the photograph's road does. Over the
/// classes k that the hybrid shows, 1/S · Σ over stages s of mean over k, channels of (|μ_h − μ_t| + |σ_h − σ_t|) / scale, where μ and σ
/// are mean and standard deviation of φ_s over the pixels of class k, h is the hybrid, t the photograph that gave the texture, and scale is
/// the photograph's mean σ over all pixels. For a class that the photograph lacks, t is the running mean over earlier photographs.
/// </summary>
/// <remarks>
/// A semantic loss alone lets the generator overdraw what a segmenter likes; statistics of real features hold it to what is real. The running
/// figures belong to the training's state.
/// </remarks>
/// <param name="classes">K; labels are 0 … K - 1 or the ignored label.</param>
/// <param name="ignored">The label of pixels that don't count.</param>
public sealed class ClassStyle(int classes, int ignored = 255) : IDisposable
{
    // Statistics of fewer pixels of a stage's map say little.
    private const int LeastPixels = 12;

    // A mean of about twenty photographs that show the class.
    private const double Decay = 0.95;

    private const double Epsilon = 1e-6;

    // For each stage: mean and deviation [K, C] of the photographs' classes, and [K], 1 where a class was seen.
    private readonly List<(Tensor Mean, Tensor Deviation, Tensor Seen)> _running = [];

    /// <summary>The loss; 0 where no photograph so far has a class in common with a hybrid.</summary>
    /// <param name="hybrid">φ of the hybrids: maps [N, C, h, w] of any sizes, the images themselves may be one.</param>
    /// <param name="labels">Of the structure images, [N, H, W].</param>
    /// <param name="photograph">φ of the photographs whose texture the hybrids have; constants.</param>
    /// <param name="photographLabels">[N, H, W].</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(IReadOnlyList<Tensor> hybrid, Tensor labels, IReadOnlyList<Tensor> photograph, Tensor photographLabels)
    {
        using IDisposable scope = NewDisposeScope();
        return stack(Enumerable.Range(0, hybrid.Count).Select(s => Stage(s, hybrid[s], labels, photograph[s].detach(), photographLabels)))
            .mean().MoveToOuterDisposeScope();
    }

    /// <summary>Puts the running figures into a checkpoint.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">The names' beginning.</param>
    public void Save(TrainingState state, string prefix)
    {
        for (int s = 0; s < _running.Count; s++)
        {
            state.Put($"{prefix}.{s}.mean", _running[s].Mean);
            state.Put($"{prefix}.{s}.deviation", _running[s].Deviation);
            state.Put($"{prefix}.{s}.seen", _running[s].Seen);
        }
    }

    /// <summary>Takes the running figures from a checkpoint; without any it begins anew.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">The names' beginning.</param>
    /// <param name="device">Where they go.</param>
    public void Load(TrainingState state, string prefix, Device device)
    {
        Dispose();
        for (int s = 0; state.Tensors.ContainsKey($"{prefix}.{s}.mean"); s++)
            _running.Add((Own($"{prefix}.{s}.mean"), Own($"{prefix}.{s}.deviation"), Own($"{prefix}.{s}.seen")));

        Tensor Own(string name) => state.Get(name).to(device, copy: true).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor mean, Tensor deviation, Tensor seen) in _running)
        {
            mean.Dispose();
            deviation.Dispose();
            seen.Dispose();
        }
        _running.Clear();
    }

    private Tensor Stage(int stage, Tensor made, Tensor labels, Tensor real, Tensor realLabels)
    {
        (Tensor count, Tensor mean, Tensor deviation) = Statistics(made, labels);
        (Tensor realCount, Tensor realMean, Tensor realDeviation) = Statistics(real, realLabels);
        Tensor shown = realCount.ge(LeastPixels);
        (Tensor pastMean, Tensor pastDeviation, Tensor seen) = Remember(stage, shown, realMean, realDeviation);
        Tensor own = shown.unsqueeze(2);
        (realMean, realDeviation) = (where(own, realMean, pastMean), where(own, realDeviation, pastDeviation));
        Tensor scale = real.to(ScalarType.Float32).flatten(2).std(2, unbiased: false).mean([1]).clamp_min(Epsilon);
        Tensor distance = ((mean - realMean).abs() + (deviation - realDeviation).abs()).mean([2]) / scale.unsqueeze(1);
        Tensor counted = (count.ge(LeastPixels) & (shown | seen.gt(0))).to(ScalarType.Float32);
        return (distance * counted).sum() / counted.sum().clamp_min(1);
    }

    /// <summary>Takes the photographs' classes into the running figures, which are returned.</summary>
    private (Tensor Mean, Tensor Deviation, Tensor Seen) Remember(int stage, Tensor shown, Tensor mean, Tensor deviation)
    {
        using IDisposable off = no_grad();
        Tensor share = shown.to(ScalarType.Float32), times = share.sum([0L]);
        if (stage == _running.Count)
        {
            _running.Add((zeros_like(mean[0]).DetachFromDisposeScope(), zeros_like(deviation[0]).DetachFromDisposeScope(),
                zeros_like(times).DetachFromDisposeScope()));
        }
        (Tensor Mean, Tensor Deviation, Tensor Seen) past = _running[stage];
        Tensor occurs = times.gt(0).to(ScalarType.Float32);
        // A class's first photographs are taken as they are.
        Tensor rate = (occurs * (1 - (past.Seen * Decay))).unsqueeze(1);
        Update(past.Mean, mean);
        Update(past.Deviation, deviation);
        past.Seen.copy_(past.Seen.maximum(occurs));
        return past;

        void Update(Tensor running, Tensor values) => running.add_(
            rate * (((values * share.unsqueeze(2)).sum([0L]) / times.clamp_min(1).unsqueeze(1)) - running));
    }

    /// <summary>Pixels [N, K], mean and standard deviation [N, K, C] of each image's classes.</summary>
    private (Tensor Count, Tensor Mean, Tensor Deviation) Statistics(Tensor map, Tensor labels)
    {
        Tensor resized = nn.functional.interpolate(labels.unsqueeze(1).to(ScalarType.Float32), map.shape[2..],
            mode: InterpolationMode.Nearest).squeeze(1).to(ScalarType.Int64);
        Tensor known = resized.ne(ignored);
        Tensor members = (nn.functional.one_hot(resized.masked_fill(~known, 0), classes) * known.unsqueeze(3))
            .to(ScalarType.Float32).flatten(1, 2).transpose(1, 2);
        Tensor features = map.to(ScalarType.Float32).flatten(2).transpose(1, 2);
        Tensor count = members.sum(2), share = members / count.clamp_min(1).unsqueeze(2);
        Tensor mean = share.bmm(features);
        // About the image's mean, for squares of large means would drown the variance.
        Tensor centre = features.mean([1], keepdim: true).detach();
        Tensor centred = mean - centre;
        Tensor variance = share.bmm((features - centre).square()) - centred.square();
        return (count, mean, variance.clamp_min(Epsilon).sqrt());
    }
}
