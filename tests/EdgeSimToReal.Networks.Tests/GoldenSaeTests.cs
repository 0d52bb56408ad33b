using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>Outputs of the independent reference implementation, relative L2 ≤ 1e-5.</summary>
public sealed class GoldenSaeTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("sae-small.safetensors")]
    [InlineData("sae-full.safetensors")]
    public void EncoderAndGenerator_AgreeWithTheReference(string fileName)
    {
        SafetensorsFile golden = SafetensorsFile.Read(SharedFolder.Require("golden", fileName));
        SaeConfiguration configuration = SaeConfiguration.FromMetadata(golden.Metadata);
        int height = int.Parse(golden.Metadata["image_height"]), width = int.Parse(golden.Metadata["image_width"]);
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        using SwappingAutoencoder networks = new(configuration);
        ModuleWeights.Import(networks, SaeGolden.Weights(configuration), "golden formula");
        using FixedNoiseMaps noise = new(SaeGolden.Noise(configuration, height, width));

        (Tensor structure, Tensor texture) = networks.Encoder.forward(tensor(SaeGolden.Image(height, width), [2, 3, height, width]));
        Compare("out.structure", structure);
        Compare("out.texture", texture);
        Compare("out.reconstruction", networks.Generator.forward(structure, texture, noise));
        Compare("out.hybrid_structure0_texture1", networks.Generator.forward(structure[..1], texture[1..], noise));

        void Compare(string name, Tensor actual)
        {
            WeightTensor expected = golden.Tensors[name];
            Assert.Equal(expected.Shape.Select(size => (long)size), actual.shape);
            Assert.InRange(GoldenTensor.RelativeL2(actual.data<float>().ToArray(), expected.Values), 0, Tolerance);
        }
    }
}
