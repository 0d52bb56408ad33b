using EdgeSimToReal.Core;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Training.Computing;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Computing;

public sealed class TrainingPrecisionTests
{
    [Theory]
    [InlineData(Precision.Auto, "sse2 amx_bf16 avx512_bf16", -1, true, false, "precision: bf16 (this processor has AMX)")]
    [InlineData(Precision.Auto, "sse2 avx512_bf16", 2.14, true, false, "precision: bf16 (bf16 measured 2.1x on this processor)")]
    [InlineData(Precision.Auto, "sse2 avx512_bf16", 1.1, false, false, "precision: fp32 (bf16 measured 1.1x on this processor)")]
    [InlineData(Precision.Auto, "sse2", -1, false, false, "precision: fp32 (this processor has no bf16 instructions)")]
    [InlineData(Precision.Auto, null, 3, true, false, "precision: bf16 (bf16 measured 3.0x on this processor)")]
    [InlineData(Precision.Auto, null, 0.5, false, false, "precision: fp32 (bf16 measured 0.5x on this processor)")]
    [InlineData(Precision.Fp32, "amx_bf16", -1, false, false, "precision: fp32, as configured")]
    [InlineData(Precision.Bf16, "sse2", 0.31, true, true, "precision: bf16, as configured (bf16 measured 0.3x on this processor)")]
    [InlineData(Precision.Bf16, "amx_bf16", 5, true, false, "precision: bf16, as configured (bf16 measured 5.0x on this processor)")]
    public void Choose_FollowsTheDevice_AndSaysWhy(Precision wanted, string? flags, double gain, bool half, bool slow, string line)
    {
        TrainingPrecision choice = TrainingPrecision.Choose(wanted, "processor", flags?.Split(' ').ToHashSet(),
            () => gain > 0 ? gain : throw new InvalidOperationException("This needs no measurement."));
        Assert.Equal(new TrainingPrecision(half ? ScalarType.BFloat16 : ScalarType.Float32, line, slow), choice);
    }

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(true, false, "precision: fp32 (bf16 convolutions are wrong on this processor)")]
    [InlineData(false, false, "precision: fp32 (oneDNN, which bf16 takes, is off)")]
    public void Auto_TakesFp32_WhereBf16ConvolutionsAreWrongOrSlow(bool oneDnn, bool right, string? line)
    {
        ConvolutionChoice convolutions = new(oneDnn, right, "");
        Assert.Equal(line, TrainingPrecision.WithoutBf16(Precision.Auto, convolutions)?.Line);
        Assert.Null(TrainingPrecision.WithoutBf16(Precision.Fp32, convolutions));
        if (oneDnn && !right)
            Assert.Equal(ExitCode.Missing, Assert.Throws<EdgeSimException>(() => TrainingPrecision.WithoutBf16(Precision.Bf16, convolutions)).ExitCode);
        else
            Assert.Null(TrainingPrecision.WithoutBf16(Precision.Bf16, convolutions));
    }

    [Fact]
    public void Choose_Measuring_LeavesTheTrainingsNumbersAlone()
    {
        manual_seed(3);
        using Tensor expected = rand(4);
        manual_seed(3);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        TrainingPrecision choice = TrainingPrecision.Choose(Precision.Bf16, CPU, new ConvolutionChoice(true, true, ""));
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        using Tensor actual = rand(4);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
        Assert.Matches(@"^precision: bf16, as configured \(bf16 measured \d+\.\dx on this processor\)$", choice.Line);
    }

    [Theory]
    [InlineData("processor : 0\nflags\t\t: fpu vme avx512_bf16\nbugs : x\n", "avx512_bf16 fpu vme")]
    [InlineData("processor : 0\nFeatures : fp asimd\n", "")]
    [InlineData("", "")]
    public void Flags_AreTheFirstProcessors(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', ProcessorFlags.Parse(text.Split('\n')).Order()));
}
