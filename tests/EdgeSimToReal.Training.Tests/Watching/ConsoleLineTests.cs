using EdgeSimToReal.Training.Watching;

namespace EdgeSimToReal.Training.Tests.Watching;

public class ConsoleLineTests
{
    private static readonly Dictionary<string, double> Scalars = new() { ["loss/l1"] = 0.25, ["rate/G"] = 0.002 };

    [Fact]
    public void PlainLines_ComeNowAndThen_WithMeansOfWhatLiesBetween()
    {
        using StringWriter writer = new();
        ConsoleLine line = new(writer, isTerminal: false, period: 30);
        line.Begin(100, 800, 50, TimeSpan.Zero);
        line.Step(101, 500, 808, 65, TimeSpan.FromSeconds(3), new Dictionary<string, double> { ["loss/l1"] = 0.75 });
        Assert.Empty(writer.ToString());
        line.Step(102, 500, 816, 82, TimeSpan.FromSeconds(8), Scalars);
        // 16 images in 32 s, 8 s of them waiting; 2 steps took 32 s, so 398 take 6368 s.
        Assert.Equal("step 102 of 500, 0.5 images/s, 25 % waiting, 1 h 46 min left: loss/l1 0.5\n", writer.ToString());
    }

    [Fact]
    public void ATerminal_HasOneLine_WhichGivesWay()
    {
        using StringWriter writer = new();
        ConsoleLine line = new(writer, isTerminal: true, period: 30, width: 54);
        line.Begin(0, 0, 0, TimeSpan.Zero);
        line.Step(1, 2, 8, 1, TimeSpan.Zero, Scalars);
        line.Tell(1, new Dictionary<string, double> { ["validation/miou"] = 0.4 });
        line.End();
        Assert.Equal("\r\u001b[Kstep 1 of 2, 8 images/s, 0 % waiting, 1 s left: loss/"
            + "\r\u001b[Kstep 1: validation/miou 0.4\n\r\u001b[K", writer.ToString());
    }
}
