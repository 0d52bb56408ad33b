using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Runtime.Tests.Live;

public sealed class PrecisionChoiceTests
{
    private static readonly BundleHalf Half = new()
    {
        Single = [],
        Psnr = 72.9,
        WorstBlock = 60.6,
        Peak = 10,
        Frames = 8,
        Textures = "day",
        Width = 512,
        Height = 256,
    };

    [Theory]
    [InlineData(LivePrecision.Auto, "amx", Bf16Gain.Tiles, LivePrecision.Bf16, "since this processor has AMX")]
    [InlineData(LivePrecision.Auto, "avx512_bf16", Bf16Gain.DotProducts, LivePrecision.Bf16, "AVX512-BF16 was measured to be faster")]
    [InlineData(LivePrecision.Auto, "avx512", Bf16Gain.None, LivePrecision.Fp32, "no faster bf16")]
    [InlineData(LivePrecision.Auto, null, Bf16Gain.None, LivePrecision.Fp32, "standard operators")]
    [InlineData(LivePrecision.Fp32, "amx", Bf16Gain.Tiles, LivePrecision.Fp32, "as asked")]
    [InlineData(LivePrecision.Fp32, null, Bf16Gain.None, LivePrecision.Fp32, "as asked")]
    [InlineData(LivePrecision.Bf16, "amx", Bf16Gain.Tiles, LivePrecision.Bf16, "as asked; with amx")]
    [InlineData(LivePrecision.Bf16, "avx2", Bf16Gain.None, LivePrecision.Bf16, "emulated with avx2")]
    public void Choice_FollowsWhatWasAskedAndWhatIsFaster(LivePrecision asked, string? level, Bf16Gain gain, LivePrecision expected, string reason)
    {
        PrecisionChoice choice = PrecisionChoice.OnCpu(asked, level, gain);
        Assert.Equal(expected, choice.Precision);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LivePrecision.Auto, true, LivePrecision.Fp16, "73 dB from fp32 (worst block 61 dB)")]
    [InlineData(LivePrecision.Fp16, true, LivePrecision.Fp16, "73 dB")]
    [InlineData(LivePrecision.Auto, false, LivePrecision.Fp32, "not measured")]
    [InlineData(LivePrecision.Fp32, true, LivePrecision.Fp32, "as asked")]
    public void Gpu_TakesHalfPrecision_WhereItWasMeasured(LivePrecision asked, bool measured, LivePrecision expected, string reason)
    {
        PrecisionChoice choice = PrecisionChoice.Make(asked, LiveDevice.Cuda, measured ? Half : null);
        Assert.Equal(expected, choice.Precision);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeHad_IsAClearError()
    {
        EdgeSimException missing = Assert.Throws<EdgeSimException>(() => PrecisionChoice.OnCpu(LivePrecision.Bf16, null, Bf16Gain.None));
        Assert.Equal(ExitCode.Missing, missing.ExitCode);
        Assert.Contains("build-kernels.sh", missing.Message, StringComparison.Ordinal);
        EdgeSimException gpu = Assert.Throws<EdgeSimException>(() => PrecisionChoice.Make(LivePrecision.Bf16, LiveDevice.Cuda, Half));
        Assert.Equal(ExitCode.Usage, gpu.ExitCode);
        Assert.Equal(ExitCode.Usage,
            Assert.Throws<EdgeSimException>(() => PrecisionChoice.OnCpu(LivePrecision.Fp16, "amx", Bf16Gain.Tiles)).ExitCode);
        Assert.Contains("edgesim fp16",
            Assert.Throws<EdgeSimException>(() => PrecisionChoice.Make(LivePrecision.Fp16, LiveDevice.Cuda)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThisMachine_GetsWhatItsLibrarySays()
    {
        PrecisionChoice choice = PrecisionChoice.Make(LivePrecision.Auto, LiveDevice.Cpu);
        Assert.Equal(Bf16Support.Gain != Bf16Gain.None, choice.Precision == LivePrecision.Bf16);
    }
}
