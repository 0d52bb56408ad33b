using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Training.Tests.Running;

public class RunGuardTests
{
    private static readonly GuardOptions Three = new() { CollapseSteps = 3 };

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void AValueThatIsNotFinite_EndsTheRun_AtOnce(double value)
    {
        string? reason = new RunGuard(new()).Check(41, new Dictionary<string, double> { ["loss/l1"] = 0.5, ["gradient/E"] = value });
        Assert.Contains("step 41", reason);
        Assert.Contains("gradient/E", reason);
        Assert.DoesNotContain("loss/l1", reason);
    }

    [Fact]
    public void ACollapse_MustLast()
    {
        RunGuard guard = new(Three);
        Assert.Null(Check(guard, 1, 0.001, 12));
        Assert.Null(Check(guard, 2, 0.001, 12));
        Assert.Null(Check(guard, 3, 0.5, 12)); // the discriminator doubts again: the count begins anew
        Assert.Null(Check(guard, 4, 0.001, 12));
        Assert.Null(Check(guard, 5, 0.001, 12));
        string? reason = Check(guard, 6, 0.001, 12.5);
        Assert.Contains("3 steps up to step 6", reason);
        Assert.Contains("12.5", reason);
    }

    [Fact]
    public void StepsWithoutTheLosses_NeitherCountNorEndACount()
    {
        RunGuard guard = new(Three);
        for (int step = 1; step <= 4; step++)
            Assert.Null(step % 2 == 0 ? guard.Check(step, new Dictionary<string, double> { ["loss/l1"] = 1 }) : Check(guard, step, 0, 20));
        Assert.NotNull(Check(guard, 5, 0, 20));
    }

    [Theory]
    [InlineData(0.03, 12)] // a discriminator that is sometimes wrong
    [InlineData(0.001, 7)] // a generator that still gets a slope
    public void AStrongDiscriminator_IsNoCollapse(double d, double g)
    {
        RunGuard guard = new(Three);
        Assert.All(Enumerable.Range(1, 10), step => Assert.Null(Check(guard, step, d, g)));
    }

    [Fact]
    public void EachDiscriminator_IsWatched_AndTheWatchCanBeLeftOff()
    {
        foreach ((string real, string made, string generator) in RunGuard.Discriminators)
        {
            Dictionary<string, double> scalars = new() { [real] = 0, [made] = 0, [generator] = 99 };
            RunGuard guard = new(new GuardOptions { CollapseSteps = 1 }), off = new(new GuardOptions { CollapseSteps = 0 });
            Assert.Contains(generator, guard.Check(1, scalars));
            Assert.Null(off.Check(1, scalars));
        }
    }

    private static string? Check(RunGuard guard, long step, double d, double g)
    {
        (string real, string made, string generator) = RunGuard.Discriminators[0];
        return guard.Check(step, new Dictionary<string, double> { [real] = d / 2, [made] = d / 2, [generator] = g });
    }
}
