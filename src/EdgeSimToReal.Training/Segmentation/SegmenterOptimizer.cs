namespace EdgeSimToReal.Training.Segmentation;

/// <summary>What takes a segmenter's steps.</summary>
public enum SegmenterOptimizer
{
    /// <summary>Stochastic gradient descent with momentum (the recipe of table 4.1).</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay: for small data and no pretrained backbone.</summary>
    AdamW,
}
