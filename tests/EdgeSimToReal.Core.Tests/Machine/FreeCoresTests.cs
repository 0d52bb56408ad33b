using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.Core.Tests.Machine;

public class FreeCoresTests
{
    [Theory]
    [InlineData(2, 0, 2)]
    [InlineData(2, 0.4, 2)]
    [InlineData(2, 0.9, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(16, 3.2, 13)]
    [InlineData(4, -0.7, 4)] // clocks of process and system are read one after the other
    public void OtherProgramsCores_AreLeftToThem(int allowed, double others, int free) => Assert.Equal(free, FreeCores.FromLoad(allowed, others));

    [Fact]
    public void AMeasurement_IsWithinWhatTheProcessMayUse() => Assert.InRange(FreeCores.Measure(), 1, Environment.ProcessorCount);
}
