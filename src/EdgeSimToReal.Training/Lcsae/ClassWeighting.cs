namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Where the semantic losses' class weights come from.</summary>
public enum ClassWeighting
{
    /// <summary>All 1, as in the report.</summary>
    None,

    /// <summary>Given by name.</summary>
    Given,

    /// <summary>In inverse proportion to the square root of a class's share of the training labels, mean 1, at most 10.</summary>
    InverseFrequency,

    /// <summary>Traffic actors and signs above the rest.</summary>
    Importance,
}
