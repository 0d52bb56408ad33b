using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Optimisation;

/// <summary>Parameters that an optimiser treats alike.</summary>
/// <param name="Parameters">Parameters by name, unique over all groups of an optimiser: checkpoints go by the names.</param>
/// <param name="RateFactor">What the learning rate is multiplied by for them, e.g. 0.1 for a pretrained backbone.</param>
public sealed record ParameterGroup(IReadOnlyList<(string Name, Parameter Values)> Parameters, double RateFactor = 1)
{
    /// <summary>A module's parameters.</summary>
    /// <param name="module">The module, already on its device: moving it later replaces its parameters.</param>
    /// <param name="prefix">What the names begin with, e.g. "E." where an optimiser takes several modules.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by.</param>
    public static ParameterGroup Of(nn.Module module, string prefix = "", double rateFactor = 1) =>
        new([.. module.named_parameters().Select(item => (prefix + item.name, item.parameter))], rateFactor);
}
