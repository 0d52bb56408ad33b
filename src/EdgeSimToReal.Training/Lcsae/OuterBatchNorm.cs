namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Statistics of the frozen outer segmenter's batch normalisation.</summary>
public enum OuterBatchNorm
{
    /// <summary>Running statistics, dropout off: right.</summary>
    Eval,

    /// <summary>Each batch's own, dropout on, running statistics drift on translated images: as in the report's code.</summary>
    Train,
}
