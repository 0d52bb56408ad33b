using TorchSharp;

namespace EdgeSimToReal.Networks.Tests;

public sealed class LoadTests
{
    [Fact]
    public void TorchSharp_NativeLibraries_Load()
    {
        using torch.Tensor sum = torch.ones(2, 3).sum();
        Assert.Equal(6, sum.item<float>());
    }
}
