using EdgeSimToReal.Training.Checkpoints;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Objectives;

/// <summary>
/// Feature means of hybrids (an addition to the paper, off in its settings; Salimans et al. 2016 on a frozen network): 1/S · Σ over stages
/// s of mean over channels of (m_h − m_t)² / v_t, where m is the running mean of φ_s pooled over an image, of hybrids (h) and of
/// photographs (t), and v_t the photographs' running variance: the part of a Fréchet distance that means make.
/// </summary>
/// <remarks>
/// A batch of a few crops says little about a mean, so the value is of running means and the gradient that of the batch's share in them,
/// scaled up to the whole. The running figures belong to the training's state.
/// </remarks>
public sealed class FeatureMeans : IDisposable
{
    // A mean of about a hundred steps: a few hundred crops.
    private const double Decay = 0.99;

    private const double LeastVariance = 1e-6;

    // For each stage: the hybrids' mean, the photographs' mean, the photographs' mean square, each [C].
    private readonly List<(Tensor Hybrid, Tensor Real, Tensor Square)> _running = [];

    /// <summary>Takes a batch into the running figures and measures it.</summary>
    /// <param name="hybrid">φ of the hybrids: maps [N, C, h, w] of any sizes.</param>
    /// <param name="photograph">φ of photographs; constants.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(IReadOnlyList<Tensor> hybrid, IReadOnlyList<Tensor> photograph)
    {
        using IDisposable scope = NewDisposeScope();
        return stack(Enumerable.Range(0, hybrid.Count).Select(s => Stage(s, Pooled(hybrid[s]), Pooled(photograph[s]).detach()))).mean()
            .MoveToOuterDisposeScope();
    }

    /// <summary>Puts the running figures into a checkpoint.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">The names' beginning.</param>
    public void Save(TrainingState state, string prefix)
    {
        for (int s = 0; s < _running.Count; s++)
        {
            state.Put($"{prefix}.{s}.hybrid", _running[s].Hybrid);
            state.Put($"{prefix}.{s}.real", _running[s].Real);
            state.Put($"{prefix}.{s}.square", _running[s].Square);
        }
    }

    /// <summary>Takes the running figures from a checkpoint; without any it begins anew.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">The names' beginning.</param>
    /// <param name="device">Where they go.</param>
    public void Load(TrainingState state, string prefix, Device device)
    {
        Dispose();
        for (int s = 0; state.Tensors.ContainsKey($"{prefix}.{s}.hybrid"); s++)
            _running.Add((Own($"{prefix}.{s}.hybrid"), Own($"{prefix}.{s}.real"), Own($"{prefix}.{s}.square")));

        Tensor Own(string name) => state.Get(name).to(device, copy: true).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor hybrid, Tensor real, Tensor square) in _running)
        {
            hybrid.Dispose();
            real.Dispose();
            square.Dispose();
        }
        _running.Clear();
    }

    private Tensor Stage(int stage, Tensor hybrid, Tensor real)
    {
        Tensor batch = hybrid.mean([0]), constant = batch.detach(), truth = real.mean([0]), squares = real.square().mean([0]);
        if (stage == _running.Count)
            _running.Add((Own(constant), Own(truth), Own(squares)));
        (Tensor hybrids, Tensor reals, Tensor square) = _running[stage];
        using (no_grad())
        {
            hybrids.lerp_(constant, 1 - Decay);
            reals.lerp_(truth, 1 - Decay);
            square.lerp_(squares, 1 - Decay);
        }
        Tensor variance = (square - reals.square()).clamp_min(LeastVariance);
        return ((hybrids + (batch - constant) - reals).square() / variance).mean();

        static Tensor Own(Tensor values) => values.clone().DetachFromDisposeScope();
    }

    private static Tensor Pooled(Tensor map) => map.to(ScalarType.Float32).mean([2, 3]);
}
