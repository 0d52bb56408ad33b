using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx.Schema;

namespace EdgeSimToReal.Onnx.Segmentation;

/// <summary>Writes a segmenter as an ONNX graph, in evaluation: batch normalisation worked into the convolutions, no dropout.</summary>
/// <remarks>
/// Batch, height and width are dynamic; sides of at least <see cref="SegmenterConfiguration.MinimumImage"/>. The input is what the
/// autoencoder puts out, RGB in [-1, 1]; the graph normalises it as the network expects. The configuration lies in the metadata.
/// </remarks>
public static class SegmenterExporter
{
    /// <summary>The value of <see cref="SaeExporter.RoleKey"/> in these files.</summary>
    public const string Role = "segmenter";

    /// <summary>Name of the output, [N, classes, H, W].</summary>
    public const string Logits = "logits";

    /// <summary>Name of the output of features: a map [N, C, h, w] of a feature graph; a segmenter's, pooled, are [N, C].</summary>
    public const string Features = "features";

    /// <summary>Image → logits, and the means of the backbone's coarsest map, on which evaluation measures distances of image sets.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="metadata">More metadata by key without prefix, e.g. the label space and the training data.</param>
    public static ModelProto Segmenter(SegmenterWeights weights, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SegmenterConfiguration configuration = weights.Configuration;
        (GraphBuilder graph, OnnxSegmenterOperators operators, string image) = Start(weights, "Image to the logits of each pixel's class.");
        IReadOnlyList<string> stages = configuration.Backbone(operators, image);
        string logits = configuration.Head(operators, stages, image);
        graph.Output(Logits, "Logits of the classes.", logits, "N", configuration.Classes, "H", "W");
        string pooled = graph.Node("Flatten", "features/flat", [operators.GlobalMean("features/mean", stages[^1])]);
        graph.Output(Features, "Means of the coarsest map.", pooled, "N", configuration.StageChannels[^1]);
        return Finish(graph, configuration, metadata);
    }

    /// <summary>Image → one of the backbone's maps.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="stage">Which of the four maps, from fine (0) to coarse (3).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public static ModelProto FeatureExtractor(SegmenterWeights weights, int stage)
    {
        SegmenterConfiguration configuration = weights.Configuration;
        ArgumentOutOfRangeException.ThrowIfNegative(stage);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stage, configuration.StageChannels.Count);
        (GraphBuilder graph, OnnxSegmenterOperators operators, string image) = Start(weights, "Image to a map of a segmenter's backbone.");
        IReadOnlyList<string> stages = configuration.Backbone(operators, image);
        graph.Output(Features, $"The map of stage {stage}.", stages[stage], "N", configuration.StageChannels[stage], "h", "w");
        return Finish(graph, configuration);
    }

    private static (GraphBuilder Graph, OnnxSegmenterOperators Operators, string Image) Start(
        SegmenterWeights weights, string documentation)
    {
        GraphBuilder graph = new(Role, documentation);
        string image = graph.Input(SaeExporter.Image, "RGB in [-1, 1].", "N", 3, "H", "W");
        ColourNormalisation normalisation = weights.Configuration.Normalisation;
        if (normalisation != ColourNormalisation.SignedUnit)
        {
            image = graph.Mul("input/scaled", image, graph.Initializer("input.gain", normalisation.Gain, 1, 3, 1, 1));
            image = graph.Add("input/normalised", image, graph.Initializer("input.offset", normalisation.Offset, 1, 3, 1, 1));
        }
        return (graph, new OnnxSegmenterOperators(graph, weights), image);
    }

    private static ModelProto Finish(
        GraphBuilder graph, SegmenterConfiguration configuration, IReadOnlyDictionary<string, string>? metadata = null) => graph.Build(
        $"Semantic segmentation network {configuration.Name}.",
        [
            new KeyValuePair<string, string>(SaeExporter.RoleKey, Role),
            .. configuration.ToMetadata().Concat(metadata ?? new Dictionary<string, string>()).Select(pair =>
                new KeyValuePair<string, string>(SaeExporter.MetadataPrefix + pair.Key, pair.Value)),
        ]);
}
