using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class LayerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _gradients = no_grad();

    public void Dispose()
    {
        _gradients.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(3, 1, 2, 1, false, 6, 8)]
    [InlineData(3, 1, 2, 1, true, 6, 8)]
    [InlineData(3, 2, 1, 0, false, 6, 8)]
    [InlineData(3, 2, 1, 0, false, 7, 8)]
    [InlineData(4, 1, 2, 2, false, 6, 5)]
    [InlineData(4, 2, 1, 1, false, 6, 8)]
    [InlineData(4, 1, 1, 1, false, 9, 11)]
    public void FirFilter_AgreesWithItsDefinition(int tapCount, int stride, int before, int after, bool reflection, int height, int width)
    {
        double[] taps = tapCount == 3 ? [1, 2, 1] : [1, 3, 3, 1];
        float[] input = GoldenTensor.Create("fir", 2 * 3 * height * width, 1);
        using FirFilter filter = new(taps, 4, stride, before, after, reflection);
        Tensor output = filter.forward(tensor(input, [2, 3, height, width]));

        int outputHeight = ((height + before + after - tapCount) / stride) + 1;
        int outputWidth = ((width + before + after - tapCount) / stride) + 1;
        Assert.Equal([2, 3, outputHeight, outputWidth], output.shape);
        float[] expected = new float[6 * outputHeight * outputWidth];
        double sum = taps.Sum();
        for (int plane = 0; plane < 6; plane++)
        {
            for (int y = 0; y < outputHeight; y++)
            {
                for (int x = 0; x < outputWidth; x++)
                {
                    double value = 0;
                    for (int i = 0; i < tapCount; i++)
                    {
                        int row = (y * stride) + i - before;
                        for (int j = 0; j < tapCount; j++)
                            value += taps[i] * taps[j] / (sum * sum) * 4 * Sample(plane, row, (x * stride) + j - before);
                    }
                    expected[(((plane * outputHeight) + y) * outputWidth) + x] = (float)value;
                }
            }
        }
        Assert.InRange(GoldenTensor.RelativeL2(output.data<float>().ToArray(), expected), 0, 1e-6);

        double Sample(int plane, int y, int x)
        {
            if (reflection)
                (y, x) = (Mirror(y, height), Mirror(x, width));
            return y < 0 || x < 0 || y >= height || x >= width ? 0 : input[(((plane * height) + y) * width) + x];
        }

        static int Mirror(int index, int size) => index < 0 ? -index : index >= size ? (2 * size) - 2 - index : index;
    }

    [Fact]
    public void ConvolutionLayer_Gain_MultipliesTheOutput()
    {
        using ConvolutionLayer layer = ConvolutionLayer.SameSize(3, 4, 3);
        layer.get_parameter("Act.bias")!.copy_(randn(4));
        Tensor x = randn(1, 3, 6, 6);
        Tensor convolution = nn.functional.conv2d(
            x, layer.get_parameter("Conv.weight")! / Math.Sqrt(27), layer.get_parameter("Act.bias")!, padding: [1, 1]);
        Tensor expected = where(convolution.lt(0), convolution * 0.2, convolution) * Math.Sqrt(2);
        Assert.True(expected.allclose(layer.forward(x), rtol: 1e-5, atol: 1e-6));
        Assert.True((expected * 0.3).allclose(layer.Forward(x, 0.3), rtol: 1e-5, atol: 1e-6));
    }

    [Theory]
    [InlineData("full", 256, 256, 16, 16)]
    [InlineData("edge", 64, 96, 8, 12)]
    public void Encoder_CodesHaveTheirShapesAndUnitNorm(string preset, int height, int width, int codeHeight, int codeWidth)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset) with { EncoderCapacity = 0.125 };
        using Encoder encoder = new(configuration);
        (Tensor structure, Tensor texture) = encoder.forward(randn(2, 3, height, width));
        Assert.Equal([2, configuration.StructureChannels, codeHeight, codeWidth], structure.shape);
        Assert.Equal([2, configuration.TextureChannels], texture.shape);
        Assert.True(structure.square().sum([1L]).allclose(ones(1), atol: 1e-5));
        Assert.True(texture.square().sum([1L]).allclose(ones(1), atol: 1e-5));
    }

    [Fact]
    public void Encoder_EachCodeAlone_IsTheSame()
    {
        using Encoder encoder = new(SaeConfiguration.Tiny);
        Tensor image = randn(2, 3, 64, 80);
        (Tensor structure, Tensor texture) = encoder.forward(image);
        Assert.True(structure.equal(encoder.Structure(image)).all().item<bool>());
        Assert.True(texture.equal(encoder.Texture(image)).all().item<bool>());
    }

    [Fact]
    public void Encoder_UnsuitableImage_IsRefused()
    {
        using Encoder encoder = new(SaeConfiguration.Tiny);
        Assert.Contains("72x64", Assert.Throws<EdgeSimException>(() => encoder.forward(zeros(1, 3, 64, 72))).Message);
        Assert.Throws<EdgeSimException>(() => encoder.Texture(zeros(1, 3, 32, 64)));
        Assert.Throws<ArgumentException>(() => encoder.forward(zeros(1, 4, 64, 64)));
    }

    [Fact]
    public void Generator_ScaledCodes_GiveTheSameImage()
    {
        using Generator generator = new(SaeConfiguration.Tiny);
        Tensor structure = randn(1, 4, 4, 6), texture = randn(1, 24);
        Tensor image = generator.forward(structure, texture, GeneratorNoise.Off);
        Assert.True(image.allclose(generator.forward(structure * 3, texture * 0.5, GeneratorNoise.Off), rtol: 1e-3, atol: 1e-5));
        Assert.Equal([1, 3, 32, 48], image.shape);
    }

    [Fact]
    public void Generator_UnsuitableCodes_AreRefused()
    {
        using Generator generator = new(SaeConfiguration.Tiny);
        Assert.Throws<ArgumentException>(() => generator.forward(zeros(1, 5, 4, 4), zeros(1, 24), GeneratorNoise.Off));
        Assert.Throws<ArgumentException>(() => generator.forward(zeros(1, 4, 4, 4), zeros(2, 24), GeneratorNoise.Off));
    }

    [Fact]
    public void Networks_MovedToDouble_GiveTheSameImage()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        Tensor image = randn(1, 3, 64, 64);
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        Tensor single = networks.Generator.forward(structure, texture, GeneratorNoise.Off);
        networks.to(ScalarType.Float64);
        (structure, texture) = networks.Encoder.forward(image.to(ScalarType.Float64));
        Tensor twice = networks.Generator.forward(structure, texture, GeneratorNoise.Off);
        Assert.Equal(ScalarType.Float64, twice.dtype);
        Assert.True(twice.to(ScalarType.Float32).allclose(single, rtol: 1e-3, atol: 1e-4));
    }

    [Fact]
    public void ForwardAndBackward_LeaveNoTensorsBehind()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        Tensor image = randn(2, 3, 64, 64);
        Step(networks, image);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
            Step(networks, image);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        static void Step(SwappingAutoencoder networks, Tensor image)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable gradients = enable_grad();
            (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
            networks.Generator.forward(structure, texture, GeneratorNoise.Random).square().mean().backward();
            networks.zero_grad();
        }
    }

    [Fact]
    public void Forward_WithoutScope_LeavesOnlyItsResults()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        using FixedNoiseMaps noise = FixedNoiseMaps.ForImage(SaeConfiguration.Tiny, 64, 64);
        using Tensor image = randn(1, 3, 64, 64).DetachFromDisposeScope();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        Tensor output = networks.Generator.forward(structure, texture, noise);
        Assert.Equal(live + 3, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        structure.Dispose();
        texture.Dispose();
        output.Dispose();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
