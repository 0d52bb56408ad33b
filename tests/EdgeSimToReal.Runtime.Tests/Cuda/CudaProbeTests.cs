using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Cuda;

/// <summary>The probe's convolution on the CPU, and the probe itself where there is a GPU.</summary>
public sealed class CudaProbeTests
{
    [Fact]
    public void Convolution_Counts_neighbours()
    {
        float[] ones = new float[CudaProbe.Side * CudaProbe.Side];
        Array.Fill(ones, 1);
        using OrtGraph graph = new(CudaProbe.Model(), "probe");
        Assert.Equal(CudaProbe.Expected(), graph.Run(("x", [1, 1, CudaProbe.Side, CudaProbe.Side], ones)));
        Assert.Equal((4, 6, 9), (CudaProbe.Expected()[0], CudaProbe.Expected()[1], CudaProbe.Expected()[CudaProbe.Side + 1]));
    }

    [Fact]
    public void Machine_Is_probed_or_the_reason_told()
    {
        if (DeviceChoice.Make(LiveDevice.Auto).Device == LiveDevice.Cuda)
            Assert.Contains("convolution", CudaProbe.Run());
        else
            Assert.Equal(ExitCode.Missing, Assert.Throws<EdgeSimException>(CudaProbe.Run).ExitCode);
    }
}
