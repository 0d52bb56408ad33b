namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>Features of a set of images, one row an image, [n, d].</summary>
/// <param name="dimensions">Values a row, d.</param>
public sealed class FeatureSet(int dimensions)
{
    private readonly List<double[]> _rows = [];
    private readonly List<int> _groups = [];

    /// <summary>Values a row.</summary>
    public int Dimensions => dimensions;

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>The rows.</summary>
    public IReadOnlyList<double[]> Rows => _rows;

    /// <summary>Each row's group: the structure image that it was made from. Bootstraps draw groups.</summary>
    public IReadOnlyList<int> Groups => _groups;

    /// <summary>Adds an image.</summary>
    /// <param name="features">Its features, [d].</param>
    /// <param name="group">Its group; by default one of its own.</param>
    /// <exception cref="ArgumentException">The number of values is another.</exception>
    public void Add(ReadOnlySpan<float> features, int? group = null)
    {
        if (features.Length != dimensions)
            throw new ArgumentException($"{features.Length} features for a set of {dimensions}.", nameof(features));
        double[] row = new double[dimensions];
        for (int i = 0; i < row.Length; i++)
            row[i] = features[i];
        _groups.Add(group ?? _rows.Count);
        _rows.Add(row);
    }

    /// <summary>Every second row, from the first or the second on, each a group of its own.</summary>
    /// <param name="first">0 or 1.</param>
    public FeatureSet Half(int first)
    {
        FeatureSet half = new(dimensions);
        for (int i = first; i < Count; i += 2)
        {
            half._groups.Add(half.Count);
            half._rows.Add(_rows[i]);
        }
        return half;
    }
}
