using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Weights;

/// <summary>A module's parameters and its batch normalisations' running statistics as named arrays, and back.</summary>
public static class ModuleWeights
{
    // A whole checkpoint holds encoder, generator and both discriminators, each with its prefix; the inner semantic branch serves in
    // training only.
    private static readonly string[] NetworkPrefixes = ["E.", "G.", "D.", "Dpatch.", "E.ToInnerSemantic."];

    // The reference's files also hold a step counter and the constant filters; PyTorch's batch normalisation counts the batches that it
    // has seen, which matters only without a momentum.
    private const string StepCounter = "num_discriminator_iters";
    private static readonly string[] IgnoredSuffixes = [".kernel", ".num_batches_tracked"];
    private static readonly string[] StatisticsSuffixes = [".running_mean", ".running_var"];

    /// <summary>Copies all parameters and running statistics.</summary>
    /// <param name="module">The module, on any device, of any floating type.</param>
    /// <returns>fp32 values by full name.</returns>
    public static Dictionary<string, WeightTensor> Export(nn.Module module)
    {
        using IDisposable scope = NewDisposeScope();
        Dictionary<string, WeightTensor> weights = new(StringComparer.Ordinal);
        foreach ((string name, Tensor parameter) in Tensors(module))
        {
            Tensor values = parameter.detach().to(ScalarType.Float32).cpu().contiguous();
            weights[name] = new WeightTensor([.. values.shape.Select(size => (int)size)], values.data<float>().ToArray());
        }
        return weights;
    }

    /// <summary>Compares names, shapes and values with a module's parameters and running statistics; changes nothing.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">
    /// Arrays by name. Of a whole checkpoint, the networks that the module lacks ("E.", "G.", "D.", "Dpatch.", the inner semantic branch)
    /// are passed over, and so are counters and filter kernels.
    /// </param>
    public static WeightReport Compare(nn.Module module, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        ParameterShape[] shapes =
            [.. Tensors(module).Select(entry => new ParameterShape(entry.Name, [.. entry.Values.shape.Select(size => (int)size)]))];
        string[] otherNetworks = [.. NetworkPrefixes.Where(prefix => !shapes.Any(shape => IsIn(shape.Name, prefix)))];
        return WeightReport.Compare(shapes, weights, key => key == StepCounter
            || otherNetworks.Any(prefix => IsIn(key, prefix))
            || EndsWithAny(key, IgnoredSuffixes));
    }

    /// <summary>Copies arrays into a module's parameters and running statistics; all or nothing.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">Arrays by name, as <see cref="Compare"/> takes them.</param>
    /// <param name="source">Where they came from, for error messages.</param>
    /// <exception cref="EdgeSimException">A key is missing, unexpected, misshaped or not finite; nothing was changed.</exception>
    public static void Import(nn.Module module, IReadOnlyDictionary<string, WeightTensor> weights, string source)
    {
        Compare(module, weights).ThrowIfUnfit(source);
        using IDisposable gradients = no_grad();
        foreach ((string name, Tensor parameter) in Tensors(module))
        {
            using Tensor values = tensor(weights[name].Values, parameter.shape);
            parameter.copy_(values);
        }
    }

    private static IEnumerable<(string Name, Tensor Values)> Tensors(nn.Module module) =>
    [
        .. module.named_parameters().Select(item => (item.name, (Tensor)item.parameter)),
        .. module.named_buffers().Where(item => EndsWithAny(item.name, StatisticsSuffixes)),
    ];

    private static bool EndsWithAny(string key, string[] suffixes) =>
        suffixes.Any(suffix => key.EndsWith(suffix, StringComparison.Ordinal));

    private static bool IsIn(string key, string prefix) => key.StartsWith(prefix, StringComparison.Ordinal);
}
