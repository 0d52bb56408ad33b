using EdgeSimToReal.Core.Machine;
using EdgeSimToReal.Networks.Computing;

namespace EdgeSimToReal.Networks.Tests.Computing;

/// <summary>The self-check in its child process, what is kept of it, and what follows from it.</summary>
public class SelfCheckTests
{
    private static readonly ProcessorCaches Hidden = new([]);
    private static readonly ProcessorCaches Visible = new([new ProcessorCache(1, 48 << 10)]);
    private static readonly SelfCheckResult Good = new() { Checked = 37, WithMilliseconds = 10, WithoutMilliseconds = 42, Seconds = 1.24 };

    [Fact]
    public void TheChild_ReportsWhatItFound_OrHowItDied()
    {
        SelfCheckResult failed = SelfCheckProcess.Run("fail"), died = SelfCheckProcess.Run("crash");
        Assert.Equal(ConvolutionCase.All.Count, failed.Checked);
        Assert.Contains(failed.Faults, fault => fault.Convolution.Contains("EDGESIM_SELF_CHECK", StringComparison.Ordinal));
        Assert.True(failed is { Death: null, WithMilliseconds: > 0, WithoutMilliseconds: > 0, Seconds: > 0 });
        // This process chose by the same check: without what was forced it finds the same.
        Assert.Equal(TorchComputing.Choose().UsesOneDnn || SelfCheckProcess.Forced is not null, failed.Faults.Count == 1);
        Assert.Contains("'a crash that EDGESIM_SELF_CHECK asks for' with signal 9", died.Death);
        Assert.True(died is { Checked: 0, WithoutMilliseconds: > 0 });
    }

    [Fact]
    public void OneDnnStays_WhereAllIsRight()
    {
        ConvolutionChoice choice = ConvolutionChoice.From(Good, Hidden, isFromCache: false);
        Assert.Equal((true, true, "oneDNN"), (choice.UsesOneDnn, choice.IsBf16Right, choice.Library));
        Assert.Equal("convolutions: oneDNN, all 37 kinds right, in bf16, too (checked in 1.2 s)", choice.Line);
        Assert.EndsWith("(checked since the machine's start)", ConvolutionChoice.From(Good, Hidden, isFromCache: true).Line);
        ConvolutionChoice half = ConvolutionChoice.From(Good with { HalfFaults = [new("1x1, 32 to 64 channels", "gradient", 0.43)] }, Visible, false);
        Assert.Equal((true, false), (half.UsesOneDnn, half.IsBf16Right));
        Assert.Contains("but not in bf16: 1x1, 32 to 64 channels: gradient off by 43 %", half.Line);
    }

    [Fact]
    public void OneDnnGoes_WhereAnythingIsWrong_AndTheLineHasReasonAndCost()
    {
        ConvolutionFault[] faults = [new("a", "forward", 0.13), new("b", "gradient", double.NaN), new("c", "forward", 0.2)];
        ConvolutionChoice wrong = ConvolutionChoice.From(Good with { Faults = faults }, Hidden, isFromCache: false);
        Assert.Equal((false, false, "libtorch"), (wrong.UsesOneDnn, wrong.IsBf16Right, wrong.Library));
        Assert.Contains("3 of 37 kinds wrong, a: forward off by 13 %; b: gradient not finite; ...", wrong.Line);
        Assert.Contains("caches are hidden", wrong.Line);
        Assert.Contains("A convolution takes 4.2 times as long", wrong.Line);
        ConvolutionChoice dead = ConvolutionChoice.From(new SelfCheckResult { Death = "it died" }, Visible, isFromCache: false);
        Assert.False(dead.UsesOneDnn);
        Assert.Contains("failed: it died. Its cost could not be measured", dead.Line);
    }

    [Fact]
    public void AResult_IsKeptByItsKey_AndADamagedFileIsNone()
    {
        using TemporaryFolder folder = new();
        SelfCheckResult result = Good with { Faults = [new("a", "forward", double.NaN)] };
        Assert.Null(SelfCheckCache.Read(folder.Path, "key"));
        SelfCheckCache.Write(folder.Path, "key", result);
        SelfCheckResult kept = SelfCheckCache.Read(folder.Path, "key")!;
        Assert.Equal(result.Faults, kept.Faults);
        Assert.Equal((result.Checked, result.WithoutMilliseconds), (kept.Checked, kept.WithoutMilliseconds));
        Assert.Null(SelfCheckCache.Read(folder.Path, "other"));
        File.WriteAllText(folder["key.json"], "{");
        Assert.Null(SelfCheckCache.Read(folder.Path, "key"));
        Assert.Equal(SelfCheckCache.Key(), SelfCheckCache.Key());
    }
}
