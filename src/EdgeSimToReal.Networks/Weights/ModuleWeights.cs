using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Weights;

/// <summary>A module's parameters and its batch normalisations' running statistics as named arrays, and back.</summary>
public static class ModuleWeights
{
    // The reference's checkpoint also holds the discriminators, a step counter and the constant filters; PyTorch's batch normalisation
    // counts the batches that it has seen, which matters only without a momentum.
    private static readonly string[] IgnoredPrefixes = ["D.", "Dpatch.", "num_discriminator_iters"];
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
    /// <param name="weights">Arrays by name. Discriminators ("D.", "Dpatch."), counters and filter kernels are passed over.</param>
    public static WeightReport Compare(nn.Module module, IReadOnlyDictionary<string, WeightTensor> weights) => WeightReport.Compare(
        Tensors(module).Select(entry => new ParameterShape(entry.Name, [.. entry.Values.shape.Select(size => (int)size)])),
        weights, Ignored);

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

    private static bool Ignored(string key) =>
        EndsWithAny(key, IgnoredSuffixes)
        || IgnoredPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}
