using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests;

public class EvenlySpacedTests
{
    [Theory]
    [InlineData(4, 8, new[] { 0, 2, 4, 6 })]
    [InlineData(3, 10, new[] { 0, 3, 6 })]
    [InlineData(5, 3, new[] { 0, 1, 2 })]
    [InlineData(0, 3, new int[0])]
    [InlineData(3, 0, new int[0])]
    [InlineData(2, int.MaxValue, new[] { 0, 1073741823 })]
    public void Indices_AreThese(int count, int total, int[] expected) => Assert.Equal(expected, EvenlySpaced.Indices(count, total));

    [Property]
    public void Neighbours_LieAsFarApartAsEachOther_ButForOne(ushort count, ushort total)
    {
        int[] indices = [.. EvenlySpaced.Indices(count, total)];
        Assert.Equal(Math.Min(count, total), indices.Length);
        int[] steps = [.. indices.Zip(indices.Skip(1).Append(total), (a, b) => b - a)];
        if (steps.Length > 0)
            Assert.True(steps.Min() >= 1 && steps.Max() - steps.Min() <= 1);
    }

    [Fact]
    public void NegativeNumbers_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EvenlySpaced.Indices(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => EvenlySpaced.Indices(3, -1));
    }
}
