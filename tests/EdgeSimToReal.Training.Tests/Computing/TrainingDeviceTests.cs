using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Computing;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Computing;

public sealed class TrainingDeviceTests
{
    [Theory]
    [InlineData("auto", 0, "cpu", "device: cpu (this build or machine has no CUDA)")]
    [InlineData("auto", 2, "cuda:0", "device: cuda:0 (the first of 2)")]
    [InlineData("cpu", 2, "cpu", "device: cpu, as configured")]
    [InlineData("cuda", 2, "cuda:0", "device: cuda:0, as configured")]
    [InlineData("cuda:1", 2, "cuda:1", "device: cuda:1, as configured")]
    public void Choose_SaysWhatAndWhy(string text, int devices, string device, string line)
    {
        TrainingDevice choice = TrainingDevice.Choose(text, devices);
        Assert.Equal(device, choice.Device.type == DeviceType.CPU ? "cpu" : $"cuda:{choice.Device.index}");
        Assert.Equal(line, choice.Line);
    }

    [Theory]
    [InlineData("cuda", 0, ExitCode.Missing, "TorchGpu=cuda")]
    [InlineData("cuda:1", 0, ExitCode.Missing, "TorchGpu=cuda")]
    [InlineData("cuda:2", 2, ExitCode.Missing, "has 2")]
    [InlineData("cuda:-1", 2, ExitCode.Usage, "auto, cpu, cuda or cuda:N")]
    [InlineData("gpu", 2, ExitCode.Usage, "'gpu'")]
    [InlineData("", 2, ExitCode.Usage, "auto, cpu, cuda or cuda:N")]
    public void Choose_WhatIsNotThere_IsRefused(string text, int devices, ExitCode code, string hint)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => TrainingDevice.Choose(text, devices));
        Assert.Equal(code, error.ExitCode);
        Assert.Contains(hint, error.Message);
    }

    [Fact]
    public void Choose_OnThisMachine_GivesADeviceThatComputes()
    {
        using Tensor x = ones(2, device: TrainingDevice.Choose("auto").Device);
        Assert.Equal(2, x.sum().item<float>());
    }

    [Fact]
    public void AllowTf32_SetsBothSwitches()
    {
        bool matmul = backends.cuda.matmul.allow_tf32, cudnn = backends.cudnn.allow_tf32;
        foreach (bool allowed in new[] { true, false })
        {
            TrainingDevice.AllowTf32(allowed);
            Assert.Equal((allowed, allowed), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        }
        (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (matmul, cudnn);
    }
}
