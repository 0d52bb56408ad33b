using EdgeSimToReal.Evaluation.Guarding;
using FsCheck.Xunit;

namespace EdgeSimToReal.Evaluation.Tests.Guarding;

public sealed class RocCurveTests
{
    [Fact]
    public void SmallCurve_IsTheOneByHand()
    {
        RocCurve curve = new(good: [1, 2, 3, 4], bad: [0, 1, 2.5]);
        // Of 12 pairs, bad is below good in 4 + 3.5 + 2.
        Assert.Equal(9.5 / 12, curve.Area, 1e-12);
        Assert.Equal(1 / 3.0, curve.Found(0));
        Assert.Equal(2 / 3.0, curve.Found(0.25));
        Assert.Equal(1, curve.Found(0.5));
        Assert.Equal((0, 1 / 3.0, 2 / 3.0, 1), (curve.FoundBelow(0), curve.FoundBelow(1), curve.FoundBelow(2), curve.FoundBelow(3)));
        Assert.Equal((new RocPoint(0, 0), new RocPoint(1, 1)), (curve.Points[0], curve.Points[^1]));
    }

    [Property(MaxTest = 200, Replay = "1301,7")]
    public void Area_IsTheShareOfPairs_AndThatUnderThePoints(int[] good, int[] bad)
    {
        if (good.Length == 0 || bad.Length == 0)
            return;
        double[] g = [.. good.Select(value => (double)(value % 7))], b = [.. bad.Select(value => (double)(value % 7))];
        RocCurve curve = new(g, b);
        double pairs = g.Sum(x => b.Sum(y => y < x ? 1 : y == x ? 0.5 : 0)) / g.Length / b.Length;
        Assert.Equal(pairs, curve.Area, 1e-9);
        double trapezoids = curve.Points.Zip(curve.Points.Skip(1),
            (left, right) => (right.FalseAlarms - left.FalseAlarms) * (left.Found + right.Found) / 2).Sum();
        Assert.Equal(pairs, trapezoids, 1e-9);
    }

    [Fact]
    public void NoScores_AreAMistakeOfTheCaller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RocCurve([], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RocCurve([1], []));
    }
}
