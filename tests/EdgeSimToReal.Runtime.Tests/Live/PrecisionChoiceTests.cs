using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Runtime.Tests.Live;

public sealed class PrecisionChoiceTests
{
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
        PrecisionChoice choice = PrecisionChoice.Make(asked, LiveDevice.Cpu, level, gain);
        Assert.Equal(expected, choice.Precision);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LivePrecision.Auto)]
    [InlineData(LivePrecision.Fp32)]
    public void Gpu_RunsTheModelsOwnPrecision(LivePrecision asked) =>
        Assert.Equal(LivePrecision.Fp32, PrecisionChoice.Make(asked, LiveDevice.Cuda, "amx", Bf16Gain.Tiles).Precision);

    [Fact]
    public void WhatCannotBeHad_IsAClearError()
    {
        EdgeSimException missing = Assert.Throws<EdgeSimException>(() => PrecisionChoice.Make(LivePrecision.Bf16, LiveDevice.Cpu, null, Bf16Gain.None));
        Assert.Equal(ExitCode.Missing, missing.ExitCode);
        Assert.Contains("build-kernels.sh", missing.Message, StringComparison.Ordinal);
        EdgeSimException gpu = Assert.Throws<EdgeSimException>(() => PrecisionChoice.Make(LivePrecision.Bf16, LiveDevice.Cuda, "amx", Bf16Gain.Tiles));
        Assert.Equal(ExitCode.Usage, gpu.ExitCode);
    }

    [Fact]
    public void ThisMachine_GetsWhatItsLibrarySays()
    {
        PrecisionChoice choice = PrecisionChoice.Make(LivePrecision.Auto, LiveDevice.Cpu);
        Assert.Equal(Bf16Support.Gain != Bf16Gain.None, choice.Precision == LivePrecision.Bf16);
    }
}
