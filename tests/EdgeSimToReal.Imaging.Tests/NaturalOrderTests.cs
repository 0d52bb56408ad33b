namespace EdgeSimToReal.Imaging.Tests;

public class NaturalOrderTests
{
    [Fact]
    public void Numbers_CountByTheirValue()
    {
        string[] expected = ["a", "a1", "a01", "a2", "a10", "a10b", "a100", "b 3 x 4", "b 3 x 11", "b 12"];
        string[] names = [.. expected];
        new Random(1).Shuffle(names);
        Assert.Equal(["a", "a01", "a1", "a2", "a10", "a10b", "a100", "b 3 x 4", "b 3 x 11", "b 12"], names.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void NumbersOfAnyLength_AreOrdered() =>
        Assert.True(NaturalOrder.Instance.Compare("x" + new string('9', 50), "x1" + new string('0', 50)) < 0);
}
