using EdgeSimToReal.Networks.Computing;

namespace EdgeSimToReal.Training.Lcsae;

/// <content>What the networks compute in.</content>
public sealed partial class LcsaeTraining
{
    /// <inheritdoc/>
    public IReadOnlyList<string> KeptInSingle =>
        [.. Networks().SelectMany(network => SingleLayers.Of(network.Module).Select(name => $"{network.Name}.{name}"))];
}
