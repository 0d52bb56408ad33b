using EdgeSimToReal.Core.Metrics;

namespace EdgeSimToReal.Core.Tests.Metrics;

public sealed class RelativeErrorTests
{
    [Fact]
    public void L2_IsTheNormOfTheDifference_OverTheNormOfWhatIsExpected()
    {
        Assert.Equal(0, RelativeError.L2([3, -4], [3, -4]));
        Assert.Equal(1, RelativeError.L2([0, 0], [3, -4]));
        Assert.Equal(0.2, RelativeError.L2([3, -3], [3, -4]), 1e-12);
        Assert.Equal(2, RelativeError.L2([-3e30f, 4e30f], [3e30f, -4e30f]), 1e-12); // squares beyond a float
        Assert.True(double.IsNaN(RelativeError.L2([float.NaN, 1], [1, 1])));
    }

    [Fact]
    public void L2_RefusesAnotherNumberOfValues() => Assert.Throws<ArgumentException>(() => RelativeError.L2([1], [1, 2]));
}
