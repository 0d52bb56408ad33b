namespace EdgeSimToReal.Evaluation.Metrics;

/// <summary>A figure over several trainings that differ in their seed alone.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The sample's standard deviation (n - 1); null for one training.</param>
/// <param name="Seeds">Number of trainings.</param>
public sealed record SeedFigure(double Mean, double? Deviation, int Seeds)
{
    /// <summary>Sums up values; those that are not defined are left out.</summary>
    /// <param name="values">A value for each training.</param>
    /// <returns>Null where no value is defined.</returns>
    public static SeedFigure? Of(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>().Where(double.IsFinite)];
        if (known.Length == 0)
            return null;
        double mean = known.Average();
        double? deviation = known.Length == 1 ? null : Math.Sqrt(known.Sum(value => (value - mean) * (value - mean)) / (known.Length - 1));
        return new SeedFigure(mean, deviation, known.Length);
    }
}
