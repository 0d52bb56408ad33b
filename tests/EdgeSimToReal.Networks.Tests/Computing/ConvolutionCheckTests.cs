using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Computing;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests.Computing;

/// <summary>What the self-check covers, and that it finds what is wrong.</summary>
public sealed class ConvolutionCheckTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void EveryKindOfConvolutionThatSegmentersHave_IsChecked()
    {
        HashSet<(int Size, int Stride, bool Dilated, bool Depthwise)> kinds = [.. ConvolutionCase.All
            .Where(item => !item.IsTransposed).Select(item => (item.Size, item.Stride, item.Dilation > 1, item.IsDepthwise))];
        foreach (SegmenterArchitecture architecture in Enum.GetValues<SegmenterArchitecture>())
        {
            foreach (SegmenterLayer layer in new SegmenterConfiguration { Architecture = architecture }.Layers())
                Assert.Contains((layer.Size, layer.Stride, layer.Dilation > 1, layer.Groups > 1), kinds);
        }
    }

    [Fact]
    public void OddChannelCounts_AreChecked_OnBothSides_WithAndWithoutTransposition()
    {
        Assert.Contains(ConvolutionCase.All, item => item is { Size: 3, Inputs: 23, IsTransposed: false });
        Assert.Contains(ConvolutionCase.All, item => item is { Size: 3, Outputs: 23 });
        Assert.Contains(ConvolutionCase.All, item => item is { IsTransposed: true, Inputs: 23 });
        Assert.Contains(ConvolutionCase.All, item => item is { IsDepthwise: true, Inputs: 23 });
    }

    [Fact]
    public void LibtorchsOwnConvolutions_AreRight_AndTheSwitchIsTheProcesss()
    {
        bool before = OneDnn.IsEnabled;
        Assert.Equal(TorchComputing.Choose().UsesOneDnn, before);
        try
        {
            OneDnn.IsEnabled = false;
            Assert.False(OneDnn.IsEnabled);
            Assert.Empty(ConvolutionCheck.Single(_ => { }));
        }
        finally
        {
            OneDnn.IsEnabled = before;
        }
        Assert.Equal(before, OneDnn.IsEnabled);
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(1.001, 1)]
    [InlineData(double.NaN, 1)]
    public void AChannelThatIsWrong_IsFound(double factor, int faults)
    {
        List<ConvolutionFault> found = ConvolutionCheck.Check([new ConvolutionCase(23, 32, 3, Padding: 1)], ScalarType.Float32,
            ConvolutionCheck.SingleTolerance, Faulty, _ => { });
        Assert.Equal(faults, found.Count);
        Assert.All(found, fault => Assert.Contains("3x3, 23 to 32 channels", fault.Text));

        Tensor Faulty(ConvolutionCase item, Tensor x, Tensor w)
        {
            Tensor y = ConvolutionCheck.Convolve(item, x, w), channel = zeros(1, item.Outputs, 1, 1);
            channel.select(1, 5).fill_(factor - 1);
            return y + (y * channel);
        }
    }

    [Fact]
    public void AGradientOfAGradientThatIsWrong_IsFound()
    {
        ConvolutionFault fault = Assert.Single(ConvolutionCheck.Check([new ConvolutionCase(24, 32, 3)], ScalarType.Float32,
            ConvolutionCheck.SingleTolerance, (item, x, w) =>
            {
                Tensor y = ConvolutionCheck.Convolve(item, x, w);
                // Nothing in the value, 1 % of the weights' part in the gradient by the image's own gradient.
                Tensor bent = ConvolutionCheck.Convolve(item, x, w.detach());
                return y + ((bent - bent.detach()) * 0.01) - ((y - y.detach()) * 0.01);
            }, _ => { }));
        Assert.NotEqual("forward", fault.Pass);
    }
}
