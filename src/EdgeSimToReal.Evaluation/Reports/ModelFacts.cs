using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>The evaluated model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Checksum">One checksum over its graphs.</param>
/// <param name="Width">The network's picture width.</param>
/// <param name="Height">The network's picture height.</param>
/// <param name="TrainingData">The data sets that its weights saw.</param>
/// <param name="Teachers">Ids of the segmenters that took part in its training.</param>
public sealed record ModelFacts(
    string Name, string Checksum, int Width, int Height, IReadOnlyList<BundleTrainingData> TrainingData, IReadOnlyList<string> Teachers)
{
    /// <summary>Ids of the segmenters that chose its checkpoint; not in the constructor, since earlier reports don't tell.</summary>
    public IReadOnlyList<string> SelectedBy { get; set; } = [];
}
