using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Checkpoints;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Optimisation;

/// <summary>Exponential moving average of a module's parameters, a ← a + (1-d)(θ - a); buffers are copied.</summary>
/// <remarks>It starts as the module is, on its device, and never changes the module.</remarks>
public sealed class MovingAverage : IDisposable
{
    private readonly (string Name, Tensor Source, Tensor Average)[] _parameters;
    private readonly (string Name, Tensor Source, Tensor Average)[] _buffers;
    private readonly double _decay;
    private readonly bool _warmUp;

    /// <summary>Creates the average as a copy.</summary>
    /// <param name="module">The module to follow, already on its device: moving it later replaces its parameters.</param>
    /// <param name="decay">d, from 0 to below 1.</param>
    /// <param name="warmUp">Whether the t-th update takes min(d, (1 + t) / (10 + t)), so that the first weights are soon forgotten.</param>
    public MovingAverage(nn.Module module, double decay, bool warmUp = false)
    {
        _parameters = [.. module.named_parameters().Select(item => (item.name, (Tensor)item.parameter, Copy(item.parameter)))];
        _buffers = [.. module.named_buffers().Select(item => (item.name, item.buffer, Copy(item.buffer)))];
        (_decay, _warmUp) = (decay, warmUp);
    }

    /// <summary>Updates done.</summary>
    public long Updates { get; private set; }

    /// <summary>Takes one step towards the module; once a training step.</summary>
    public void Update()
    {
        Updates++;
        double decay = _warmUp ? Math.Min(_decay, (1.0 + Updates) / (10 + Updates)) : _decay;
        using IDisposable scope = NewDisposeScope(), gradients = no_grad();
        // lerp, since d·a + (1-d)·θ is off by fp32's rounding of d and 1-d, which a decay near 1 magnifies.
        Dictionary<(ScalarType, string), Tensor> weights = [];
        foreach ((_, Tensor source, Tensor average) in _parameters)
        {
            (ScalarType, string) key = (average.dtype, average.device.ToString());
            if (!weights.TryGetValue(key, out Tensor? weight))
                weights[key] = weight = tensor(1 - decay, average.dtype, average.device);
            average.lerp_(source, weight);
        }
        foreach ((_, Tensor source, Tensor average) in _buffers)
            average.copy_(source);
    }

    /// <summary>Copies the average into a module of the same build, e.g. for validation or export.</summary>
    /// <param name="module">The module, on any device; not the one that is followed, if its training is to go on.</param>
    /// <exception cref="ArgumentException">The module has other parameters or buffers.</exception>
    public void CopyTo(nn.Module module)
    {
        Dictionary<string, Tensor> targets = module.named_parameters().Select(item => (item.name, (Tensor)item.parameter))
            .Concat(module.named_buffers().Select(item => (item.name, item.buffer))).ToDictionary(StringComparer.Ordinal);
        if (!targets.Keys.ToHashSet().SetEquals(All().Select(item => item.Name)))
            throw new ArgumentException("The module has other parameters than the one that is followed.", nameof(module));
        using IDisposable gradients = no_grad();
        foreach ((string name, Tensor average) in All())
            targets[name].copy_(average);
    }

    /// <summary>Puts the average into a checkpoint.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">What its names begin with.</param>
    public void Save(TrainingState state, string prefix)
    {
        state.PutAll(prefix, All());
        state.Counters[$"{prefix}.updates"] = Updates;
    }

    /// <summary>Takes the average out of a checkpoint; all or nothing.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="prefix">What its names begin with.</param>
    /// <exception cref="EdgeSimException">It holds the average of another module; nothing was changed.</exception>
    public void Load(TrainingState state, string prefix)
    {
        long updates = state.Counter($"{prefix}.updates");
        state.LoadAll(prefix, All());
        Updates = updates;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor average) in All())
            average.Dispose();
    }

    private static Tensor Copy(Tensor tensor) => tensor.detach().clone().DetachFromDisposeScope();

    private IEnumerable<(string Name, Tensor Values)> All() => _parameters.Concat(_buffers).Select(item => (item.Name, item.Average));
}
