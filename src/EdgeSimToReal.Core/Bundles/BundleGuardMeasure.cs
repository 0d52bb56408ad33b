namespace EdgeSimToReal.Core.Bundles;

/// <summary>A measure's spread over good frames.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">How far below it the asked share of good frames lies, above 0; older bundles have the standard deviation.</param>
public sealed record BundleGuardMeasure(double Mean, double Deviation)
{
    /// <summary>How far a value lies above the mean, in deviations.</summary>
    /// <param name="value">A value of the measure.</param>
    public double Score(double value) => (value - Mean) / Deviation;
}
