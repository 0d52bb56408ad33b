using EdgeSimToReal.Training.Computing;

namespace EdgeSimToReal.Training.Tests.Computing;

public class TrainingThreadsTests
{
    [Theory]
    [InlineData(3, "2", 3, "threads: 3, as configured")]
    [InlineData(0, "2", 2, "threads: 2, as OMP_NUM_THREADS says")]
    [InlineData(0, null, 1, "threads: 1 (1 of ")]
    [InlineData(0, "many", 1, "threads: 1 (1 of ")]
    public void Configuration_ThenEnvironment_ThenFreeCores(int configured, string? variable, int threads, string line)
    {
        (int chosen, string reason) = TrainingThreads.Choose(configured, variable,
            () => configured == 0 && threads == 1 ? 1 : throw new InvalidOperationException("This needs no measurement."));
        Assert.Equal(threads, chosen);
        Assert.StartsWith(line, reason);
    }
}
