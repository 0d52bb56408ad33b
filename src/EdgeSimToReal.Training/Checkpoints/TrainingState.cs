using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Checkpoints;

/// <summary>All that a training needs to go on: a checkpoint's content in memory, bit-exact.</summary>
/// <remarks>
/// What is put is shared, not copied, so that a checkpoint costs no second set of networks and moments: save the state before the
/// training goes on. A state that was read owns its tensors, on the CPU. Randomness and the data's order follow from the seed and the
/// step, so the counters hold both.
/// </remarks>
public sealed class TrainingState : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Creates an empty state.</summary>
    /// <param name="kind">What is trained, e.g. "segmenter" or "lcsae".</param>
    /// <param name="configuration">The whole configuration as JSON.</param>
    public TrainingState(string kind, string configuration) => (Kind, Configuration) = (kind, configuration);

    /// <summary>What is trained, e.g. "segmenter" or "lcsae".</summary>
    public string Kind { get; }

    /// <summary>The whole configuration as JSON.</summary>
    public string Configuration { get; }

    /// <summary>Steps done; the store sets it as it saves.</summary>
    public long Step { get; set; }

    /// <summary>The validation's score, higher is better; null where there was none; the store sets it as it saves.</summary>
    public double? Score { get; set; }

    /// <summary>The file that it was read from, for messages; empty for a state that was made in memory.</summary>
    public string Source { get; internal set; } = "";

    /// <summary>Newer checkpoints that were passed over when this one was loaded, each with what is wrong with it; to be shown.</summary>
    public IReadOnlyList<string> Warnings { get; internal set; } = [];

    /// <summary>Whole numbers by name.</summary>
    public Dictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Other numbers by name, infinities and NaN included.</summary>
    public Dictionary<string, double> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>Texts by name, valid Unicode.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>Tensors by name; they belong to the state.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>Adds a tensor without copying its values.</summary>
    /// <param name="name">The name, not yet taken.</param>
    /// <param name="values">The values, on any device, of any shape and layout; they stay the caller's.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Put(string name, Tensor values)
    {
        if (_tensors.ContainsKey(name))
            throw new ArgumentException($"The state holds '{name}' already.", nameof(name));
        _tensors[name] = values.detach().DetachFromDisposeScope();
    }

    /// <summary>A tensor.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The values; they stay the state's.</returns>
    /// <exception cref="EdgeSimException">There is none of that name.</exception>
    public Tensor Get(string name) => Find(_tensors, name, "tensor");

    /// <summary>A whole number.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EdgeSimException">There is none of that name.</exception>
    public long Counter(string name) => Find(Counters, name, "counter");

    /// <summary>Another number.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EdgeSimException">There is none of that name.</exception>
    public double Number(string name) => Find(Numbers, name, "number");

    /// <summary>A text.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="EdgeSimException">There is none of that name.</exception>
    public string Text(string name) => Find(Texts, name, "text");

    /// <summary>Refuses the state of another training.</summary>
    /// <param name="kind">What is trained here.</param>
    /// <exception cref="EdgeSimException">The state is of another kind.</exception>
    public void RequireKind(string kind)
    {
        if (Kind != kind)
        {
            throw new EdgeSimException($"'{Source}' is a checkpoint of a {Kind} training, not of a {kind} training.",
                $"Give a checkpoint of a {kind} training, or its folder.");
        }
    }

    /// <summary>Adds a module's parameters and buffers (running statistics and counters among them) as "prefix.name".</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void PutModule(string prefix, nn.Module module) => PutAll(prefix, ModuleTensors(module));

    /// <summary>Copies tensors back into a module of the same build, on any device; all or nothing.</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="EdgeSimException">A tensor is missing, unexpected, or of another shape or type; nothing was changed.</exception>
    public void LoadModule(string prefix, nn.Module module) => LoadAll(prefix, ModuleTensors(module));

    /// <summary>Adds tensors as "prefix.name".</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void PutAll(string prefix, IEnumerable<(string Name, Tensor Values)> tensors)
    {
        foreach ((string name, Tensor values) in tensors)
            Put($"{prefix}.{name}", values);
    }

    /// <summary>Copies all tensors whose names begin with "prefix." back to where they came from; all or nothing.</summary>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="targets">The targets by name, on any device.</param>
    /// <exception cref="EdgeSimException">A tensor is missing, unexpected, or of another shape or type; nothing was changed.</exception>
    public void LoadAll(string prefix, IEnumerable<(string Name, Tensor Values)> targets)
    {
        (string Name, Tensor Values)[] places = [.. targets.Select(target => ($"{prefix}.{target.Name}", target.Values))];
        HashSet<string> expected = [.. places.Select(place => place.Name)];
        string[] missing = [.. expected.Where(name => !_tensors.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] unexpected = [.. _tensors.Keys.Where(name => name.StartsWith(prefix + ".", StringComparison.Ordinal)
            && !expected.Contains(name)).Order(StringComparer.Ordinal)];
        string[] misshaped = [.. places.Where(place => _tensors.TryGetValue(place.Name, out Tensor? given)
            && (given.dtype != place.Values.dtype || !given.shape.SequenceEqual(place.Values.shape)))
            .Select(place => $"{place.Name}: {Describe(_tensors[place.Name])} for {Describe(place.Values)}")];
        WeightReport report = new(missing, unexpected, misshaped, []);
        if (!report.Fits)
        {
            throw new EdgeSimException($"The checkpoint '{Source}' doesn't fit '{prefix}' of this training: {report.Faults}.",
                "Go on with the configuration that it was made with.");
        }
        using IDisposable gradients = no_grad();
        foreach ((string name, Tensor values) in places)
            values.copy_(_tensors[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }

    /// <summary>Adds a tensor that the state shall own.</summary>
    internal void Adopt(string name, Tensor values) => _tensors.Add(name, values.DetachFromDisposeScope());

    private static IEnumerable<(string Name, Tensor Values)> ModuleTensors(nn.Module module) =>
    [
        .. module.named_parameters().Select(item => (item.name, (Tensor)item.parameter)),
        .. module.named_buffers().Select(item => (item.name, item.buffer)),
    ];

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";

    private T Find<T>(Dictionary<string, T> values, string name, string what) => values.TryGetValue(name, out T? value)
        ? value
        : throw new EdgeSimException($"The checkpoint '{Source}' holds no {what} '{name}'.",
            "Go on with the program and the configuration that it was made with.");
}
