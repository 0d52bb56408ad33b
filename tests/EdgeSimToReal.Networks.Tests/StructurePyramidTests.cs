using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class StructurePyramidTests : IDisposable
{
    private static readonly SaeConfiguration Sizes = SaeConfiguration.Tiny with { PyramidChannels = 2, ColourLevel = 2 };
    private readonly IDisposable _scope = NewDisposeScope();

    public StructurePyramidTests() => manual_seed(11);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Levels_AreStandardised_FinestFirst()
    {
        using Encoder encoder = new(Sizes);
        Tensor image = (rand(2, 3, 64, 96) * 2) - 1;
        StructureCodes codes = encoder.Structures(image);
        Assert.Equal(["64x96", "32x48", "16x24"], codes.Pyramid.Select(level => $"{level.shape[2]}x{level.shape[3]}"));
        Assert.All([.. codes.Pyramid, codes.Picture!], level =>
        {
            Assert.True(level.mean([2, 3]).abs().max().item<float>() < 1e-5);
            // Below 1 where a random network's variance is not far above the 1e-5 that is added to it.
            Assert.InRange(level.square().mean([2, 3]).min().item<float>(), 0.5f, 1.001f);
        });
        // Light and contrast of the whole frame leave no trace in what colours are applied to.
        StructureCodes darker = encoder.Structures((image * 0.4) - 0.3);
        Assert.True((darker.Picture! - codes.Picture!).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void AtFirst_ThePictureIsTheStandardisedFrame_WhateverTheTexture()
    {
        using SwappingAutoencoder networks = new(Sizes);
        Tensor image = (rand(1, 3, 64, 64) * 2) - 1;
        StructureCodes codes = networks.Encoder.Structures(image);
        Tensor made = networks.Generator.forward(codes, randn(1, Sizes.TextureChannels), GeneratorNoise.Off);
        Assert.True((made - (codes.Picture! * 0.5)).abs().max().item<float>() < 1e-5);
    }

    [Fact]
    public void ColourTransforms_AreRowsOfThreeFactorsAndAConstant()
    {
        Tensor picture = randn(2, 3, 8, 16), constant = randn(2, 12, 1, 1);
        Tensor made = ColourTransforms.Apply(constant.expand(2, 12, 2, 4), picture);
        Tensor matrix = constant.view(2, 3, 4);
        Tensor expected = einsum("nck,nkhw->nchw", matrix[TensorIndex.Ellipsis, ..3], picture) + matrix[TensorIndex.Ellipsis, 3].view(2, 3, 1, 1);
        Assert.True((made - expected).abs().max().item<float>() < 1e-5);
        // Between cells the transforms are interpolated.
        Tensor cells = zeros(1, 12, 1, 2);
        cells[0, 3, 0, 1] = 1;
        Tensor ramp = ColourTransforms.Apply(cells, zeros(1, 3, 2, 4));
        Assert.Equal([0f, 0.25f, 0.75f, 1f], ramp[0, 0, 0].data<float>().ToArray());
        Assert.Equal(0, ramp[TensorIndex.Colon, 1..].abs().max().item<float>());
    }

    [Fact]
    public void EveryParameter_LearnsFromAnImage()
    {
        using SwappingAutoencoder networks = new(Sizes);
        Tensor image = (rand(2, 3, 64, 64) * 2) - 1;
        // Two steps: ToColour and ToRGB begin at zero, and the layers before them learn once they are not.
        for (int step = 0; step < 2; step++)
        {
            networks.zero_grad();
            (StructureCodes structure, Tensor texture, _) = networks.Encoder.ForwardWithInnerFeatures(image);
            (networks.Generator.forward(structure, texture, GeneratorNoise.Random) - image).abs().mean().backward();
            using (no_grad())
            {
                foreach ((_, TorchSharp.Modules.Parameter parameter) in networks.named_parameters())
                    parameter.sub_(parameter.grad! * 0.1);
            }
        }
        Assert.All(networks.named_parameters(), item => Assert.True(item.parameter.grad!.abs().sum().item<float>() > 0, item.name));
        Assert.Equal(
            Sizes.EncoderParameters().Concat(Sizes.GeneratorParameters()).Select(item => $"{item.Name} {item.ShapeText}").Order(),
            networks.named_parameters().Select(item => $"{item.name} [{string.Join(", ", item.parameter.shape)}]").Order());
    }

    [Fact]
    public void AMissingPart_IsRefused()
    {
        using SwappingAutoencoder networks = new(Sizes);
        StructureCodes codes = networks.Encoder.Structures(rand(1, 3, 64, 64));
        Tensor texture = randn(1, Sizes.TextureChannels);
        Assert.Contains("3 levels", Assert.Throws<ArgumentException>(() =>
            networks.Generator.forward(codes with { Pyramid = [] }, texture, GeneratorNoise.Off)).Message);
        Assert.Contains("missing", Assert.Throws<ArgumentException>(() =>
            networks.Generator.forward(codes with { Picture = null }, texture, GeneratorNoise.Off)).Message);
        Assert.Throws<ArgumentException>(() => networks.Generator.forward(codes.Deep, texture, GeneratorNoise.Off));
    }
}
