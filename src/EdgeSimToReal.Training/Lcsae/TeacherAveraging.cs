namespace EdgeSimToReal.Training.Lcsae;

/// <summary>How several outer segmenters that are asked at once become one loss.</summary>
public enum TeacherAveraging
{
    /// <summary>The weighted mean of their losses: each of them has to be pleased.</summary>
    Losses,

    /// <summary>The loss of the weighted mean of their probabilities: one that is sure speaks for those that are not.</summary>
    Probabilities,
}
