using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Tests.Metrics;

public class SeedFigureTests
{
    [Fact]
    public void Of_Values_IsMeanAndSampleDeviation()
    {
        SeedFigure figure = SeedFigure.Of([1.0, null, 3.0, double.NaN, 8.0])!;
        Assert.Equal((4.0, 3), (figure.Mean, figure.Seeds));
        Assert.Equal(Math.Sqrt((9 + 1 + 16) / 2.0), figure.Deviation!.Value, 1e-12);
    }

    [Fact]
    public void Of_OneOrNone_HasNoDeviation()
    {
        Assert.Equal(new SeedFigure(0.5, null, 1), SeedFigure.Of([0.5, null]));
        Assert.Null(SeedFigure.Of([null, double.NaN]));
    }
}
