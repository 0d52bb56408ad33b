using EdgeSimToReal.Core.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class ParameterTests
{
    [Fact]
    public void Full_NamesAndShapes_AreTheReferences()
    {
        SaeConfiguration full = SaeConfiguration.Full;
        Assert.Equal(ReferenceKeys.Full.Order(), Lines(full.EncoderParameters().Concat(full.GeneratorParameters())).Order());
    }

    [Theory]
    [InlineData("full")]
    [InlineData("edge")]
    [InlineData("tiny")]
    public void Modules_NamesAndShapes_AreTheConfigurations(string preset)
    {
        SaeConfiguration configuration = SaeConfiguration.Preset(preset);
        using Encoder encoder = new(configuration);
        Assert.Equal(Lines(configuration.EncoderParameters()).Order(), Lines("E.", encoder).Order());
        using Generator generator = new(configuration);
        Assert.Equal(Lines(configuration.GeneratorParameters()).Order(), Lines("G.", generator).Order());
    }

    [Fact]
    public void Full_Modules_HaveTheReferencesTotals()
    {
        using Encoder encoder = new(SaeConfiguration.Full);
        Assert.Equal(30_584_872, encoder.parameters().Sum(parameter => parameter.numel()));
        using Generator generator = new(SaeConfiguration.Full);
        Assert.Equal(25_064_743, generator.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Initialisation_FollowsTheReference()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        using IDisposable scope = NewDisposeScope();
        foreach ((string name, var parameter) in networks.named_parameters())
        {
            if (name.EndsWith("modulation.bias"))
                Assert.True(parameter.eq(1).all().item<bool>(), name);
            else if (name.EndsWith("bias") || name.EndsWith("noise.weight"))
                Assert.True(parameter.eq(0).all().item<bool>(), name);
            else if (parameter.numel() > 500)
                Assert.InRange(parameter.std().item<float>(), 0.85f, 1.15f);
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<ParameterShape> parameters) =>
        parameters.Select(parameter => $"{parameter.Name} {parameter.ShapeText}");

    private static IEnumerable<string> Lines(string prefix, nn.Module module) =>
        module.named_parameters().Select(parameter => $"{prefix}{parameter.name} [{string.Join(", ", parameter.parameter.shape)}]");
}
