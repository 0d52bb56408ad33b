using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class GradientTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public GradientTests() => manual_seed(5);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(3, 1, 2, 1, false)]
    [InlineData(3, 1, 2, 1, true)]
    [InlineData(3, 2, 1, 0, false)]
    [InlineData(4, 1, 1, 1, false)]
    [InlineData(4, 2, 1, 1, false)]
    public void FirFilter_FirstAndSecondDerivatives(int taps, int stride, int before, int after, bool reflection)
    {
        using FirFilter layer = Double(new FirFilter(taps == 3 ? [1, 2, 1] : [1, 3, 3, 1], 4, stride, before, after, reflection));
        Tensor x = Input(2, 3, 6, 8);
        GradientCheck.First(() => layer.forward(x), x);
        GradientCheck.Second(() => layer.forward(x).pow(3), x, x); // the filter itself is linear
    }

    [Fact]
    public void EqualizedLayers_FirstDerivatives()
    {
        using EqualizedConvolution convolution = Double(new EqualizedConvolution(3, 4, 3, bias: true, stride: 2, padding: 1));
        Tensor x = Input(2, 3, 6, 8);
        GradientCheck.First(() => convolution.forward(x), [x, .. convolution.parameters()]);
        GradientCheck.First(() => convolution.Forward(x, 0.7), [x, .. convolution.parameters()]);
        using EqualizedLinear linear = Double(new EqualizedLinear(5, 7));
        Tensor code = Input(3, 5);
        GradientCheck.First(() => linear.forward(code), [code, .. linear.parameters()]);
        GradientCheck.First(() => linear.ForwardActivated(code), [code, .. linear.parameters()]);
        GradientCheck.Second(() => convolution.forward(x), x, convolution.get_parameter("weight")!);
        GradientCheck.Second(() => linear.ForwardActivated(code), code, linear.get_parameter("weight")!);
    }

    [Fact]
    public void ShrinkingConvolution_FirstDerivatives()
    {
        using ConvolutionLayer layer = Double(ConvolutionLayer.Shrinking(3, 4, stride: 2));
        RandomiseConstants(layer);
        Tensor x = Input(2, 3, 7, 9);
        GradientCheck.First(() => layer.forward(x), [x, .. layer.parameters()]);
    }

    [Fact]
    public void TransposedConvolution_FirstDerivatives()
    {
        using TransposedConvolution layer = Double(new TransposedConvolution(4, 3));
        Tensor x = Input(2, 4, 3, 5);
        GradientCheck.First(() => layer.forward(x), [x, .. layer.parameters()]);
    }

    [Fact]
    public void NoiseInjection_FirstDerivatives()
    {
        using NoiseInjection layer = Double(new NoiseInjection("layer"));
        RandomiseConstants(layer);
        using FixedNoiseMaps noise = new(
            new Dictionary<string, WeightTensor> { ["layer"] = new([1, 1, 3, 5], FixedNoise.Map("layer", 3, 5)) },
            type: ScalarType.Float64);
        Tensor x = Input(2, 4, 3, 5);
        GradientCheck.First(() => layer.Apply(x.clone(), noise, 1.3), [x, .. layer.parameters()]);
    }

    [Fact]
    public void SpatialCodeModulation_FirstDerivatives()
    {
        using SpatialCodeModulation layer = Double(new SpatialCodeModulation(4, 6));
        RandomiseConstants(layer);
        Tensor structure = Input(2, 4, 3, 5), texture = Input(2, 6);
        GradientCheck.First(() => layer.forward(structure, texture), [structure, texture, .. layer.parameters()]);
    }

    [Fact]
    public void UnitNorm_FirstDerivatives()
    {
        Tensor structure = Input(2, 4, 3, 5), texture = Input(2, 6);
        GradientCheck.First(() => UnitNorm.Apply(structure), structure);
        GradientCheck.First(() => UnitNorm.Apply(texture), texture);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ResidualBlock_FirstAndSecondDerivatives(bool reflection)
    {
        double[] taps = reflection ? [1, 2, 1] : [1, 3, 3, 1];
        using ResidualBlock block = Double(new ResidualBlock(new SaeBlock("block", 3, 5), taps, reflection));
        RandomiseConstants(block);
        Tensor x = Input(2, 3, 8, 6);
        GradientCheck.First(() => block.forward(x), [x, .. block.parameters()]);
        // The block is piecewise linear: the gradient in x depends on the weights, not (but for the kinks) on the biases.
        var weights = block.named_parameters().Where(p => p.name.EndsWith("weight")).Select(p => p.parameter);
        GradientCheck.Second(() => block.forward(x), x, weights);
    }

    [Theory]
    [InlineData(3, true, false)]
    [InlineData(3, true, true)]
    [InlineData(1, false, false)]
    [InlineData(3, false, true)]
    public void ModulatedConvolution_FirstDerivatives(int size, bool demodulate, bool upsample)
    {
        using ModulatedConvolution layer = Double(new ModulatedConvolution(4, 3, size, 6, demodulate, upsample));
        Tensor x = Input(2, 4, 4, 5), texture = Input(2, 6), bias = Input(3);
        GradientCheck.First(() => layer.Forward(x, texture, bias, 1.3), [x, texture, bias, .. layer.parameters()]);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(6, true)]
    public void GeneratorBlock_FirstDerivatives(int outputs, bool upsample)
    {
        using GeneratorBlock block = Double(new GeneratorBlock(new SaeBlock("G.Block", 4, outputs), 6, upsample));
        RandomiseConstants(block);
        Tensor x = Input(2, 4, 4, 5), texture = Input(2, 6);
        int height = upsample ? 8 : 4, width = upsample ? 10 : 5;
        Dictionary<string, WeightTensor> maps = new[] { "conv1", "conv2" }.ToDictionary(
            name => $"G.Block.{name}.noise", name => new WeightTensor([1, 1, height, width], FixedNoise.Map(name, height, width)));
        using FixedNoiseMaps noise = new(maps, type: ScalarType.Float64);
        GradientCheck.First(() => block.Forward(x, texture, noise), [x, texture, .. block.parameters()]);
    }

    [Fact]
    public void WholeNetworks_FirstDerivatives()
    {
        SaeConfiguration tiny = SaeConfiguration.Tiny;
        using SwappingAutoencoder networks = Double(new SwappingAutoencoder(tiny));
        RandomiseConstants(networks);
        using FixedNoiseMaps noise = new(FixedNoise.Maps(tiny, 64, 64), type: ScalarType.Float64);
        Tensor image = Input(1, 3, 64, 64);
        GradientCheck.First(
            () =>
            {
                (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
                return networks.Generator.forward(structure, texture, noise);
            },
            [image, .. networks.parameters()]);
    }

    private static T Double<T>(T module)
        where T : nn.Module
    {
        module.to(ScalarType.Float64);
        return module;
    }

    private static Tensor Input(params long[] shape) => randn(shape, ScalarType.Float64, requires_grad: true);

    /// <summary>Biases and noise weights start at a constant, where some derivatives vanish by symmetry.</summary>
    private static void RandomiseConstants(nn.Module module)
    {
        using IDisposable gradients = no_grad();
        foreach ((string name, var parameter) in module.named_parameters())
        {
            if (name.EndsWith("bias") || name.EndsWith("noise.weight"))
                parameter.add_(randn_like(parameter), 0.3);
        }
    }
}
