using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Tests.Downstream;

public class DownstreamFiguresTests
{
    [Fact]
    public void OfDifferences_IsTakenSeedBySeed()
    {
        DownstreamRun[] raw = [new(1, 0.5, 0.4, 0.3, "a"), new(2, 0.7, 0.6, 0.1, "b")];
        DownstreamRun[] translated = [new(1, 0.6, 0.5, 0.5, "c"), new(2, 0.8, 0.7, 0.3, "d")];
        DownstreamFigures figures = DownstreamFigures.OfDifferences(translated, raw);
        // Both sides vary by the seed, but the difference does not.
        Assert.Equal(0.2, figures.MeanIoU!.Mean, 1e-12);
        Assert.Equal(0, figures.MeanIoU.Deviation!.Value, 1e-12);
        Assert.Equal(0.1, figures.OverallAccuracy!.Mean, 1e-12);
        SeedFigure own = DownstreamFigures.Of(raw).MeanIoU!;
        Assert.Equal((0.2, 2), (own.Mean, own.Seeds));
        Assert.Equal(Math.Sqrt(0.02), own.Deviation!.Value, 1e-12);
    }
}
