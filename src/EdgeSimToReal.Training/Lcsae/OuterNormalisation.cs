namespace EdgeSimToReal.Training.Lcsae;

/// <summary>What the frozen outer segmenter is fed.</summary>
public enum OuterNormalisation
{
    /// <summary>Colours normalised as in its own training: right.</summary>
    Trained,

    /// <summary>[-1, 1] as it is: as in the report's code.</summary>
    None,
}
