using System.Globalization;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>Outputs of the independent reference implementation, relative L2 ≤ 1e-5.</summary>
public sealed class GoldenDiscriminatorTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("sae-small.safetensors")]
    [InlineData("sae-full.safetensors")]
    public void ImageDiscriminator_AgreesWithTheReference(string fileName)
    {
        SafetensorsFile golden = SafetensorsFile.Read(SharedFolder.Require("golden", fileName));
        int crop = int.Parse(golden.Metadata["crop"]);
        ImageDiscriminatorConfiguration sizes =
            new() { CropHeight = crop, CropWidth = crop, Capacity = Number(golden, "discriminator_capacity") };
        using ImageDiscriminator network = Golden(new ImageDiscriminator(sizes), sizes.Parameters(), "D.");
        using IDisposable scope = NewDisposeScope();
        Tensor image = Input("in.discriminator", 2, 3, crop, crop).requires_grad_();

        Tensor logits = network.forward(image);
        Compare(golden, "out.r1_per_sample", autograd.grad([logits.sum()], [image])[0].square().sum([1, 2, 3]));
        // These logits are small differences of large sums: fp32's rounding alone is 2e-5 of them, so the function is compared in fp64, on
        // one image: images don't meet in it.
        Compare(golden, "out.discriminator", logits, 5 * Tolerance);
        using IDisposable gradients = no_grad();
        ((nn.Module)network).to(ScalarType.Float64);
        Compare(golden, "out.discriminator", network.forward(image[..1].to(ScalarType.Float64)), first: 1);
    }

    [Theory]
    [InlineData("sae-small.safetensors")]
    [InlineData("sae-full.safetensors")]
    public void PatchDiscriminator_AgreesWithTheReference(string fileName)
    {
        SafetensorsFile golden = SafetensorsFile.Read(SharedFolder.Require("golden", fileName));
        int size = int.Parse(golden.Metadata["patch_size"]);
        PatchDiscriminatorConfiguration sizes = new()
        {
            PatchSize = size,
            Capacity = Number(golden, "patch_capacity"),
            MaxChannels = int.Parse(golden.Metadata["patch_max_channels"]),
        };
        using PatchDiscriminator network = Golden(new PatchDiscriminator(sizes), sizes.Parameters(), "Dpatch.");
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        Tensor reference = Input("in.patches_reference", 2, 8, 3, size, size);
        Tensor candidate = Input("in.patches_candidate", 2, 8, 3, size, size);

        Tensor referenceFeatures = network.ReferenceFeatures(reference), features = network.Features(candidate);
        Compare(golden, "out.features_reference_aggregated", referenceFeatures);
        Compare(golden, "out.features_candidate", features);
        Compare(golden, "out.patch_logits", network.Logits(referenceFeatures, features));
    }

    private static T Golden<T>(T network, IReadOnlyList<ParameterShape> parameters, string prefix)
        where T : nn.Module
    {
        Dictionary<string, WeightTensor> weights = SaeGolden.Weights(parameters);
        ModuleWeights.Import(network, weights.ToDictionary(weight => weight.Key[prefix.Length..], weight => weight.Value), "golden formula");
        return network;
    }

    private static double Number(SafetensorsFile golden, string key) => double.Parse(golden.Metadata[key], CultureInfo.InvariantCulture);

    private static Tensor Input(string name, params long[] shape) =>
        tensor(GoldenTensor.Create(name, (int)shape.Aggregate((a, b) => a * b), 1), shape);

    /// <summary>Compares with all of a golden tensor, or with its first images.</summary>
    private static void Compare(SafetensorsFile golden, string name, Tensor actual, double tolerance = Tolerance, int? first = null)
    {
        WeightTensor expected = golden.Tensors[name];
        int images = first ?? expected.Shape[0];
        Assert.Equal([images, .. expected.Shape[1..].Select(size => (long)size)], actual.shape);
        using Tensor values = actual.detach().to(ScalarType.Float32).contiguous();
        ReadOnlySpan<float> wanted = expected.Values.AsSpan(0, expected.Values.Length / expected.Shape[0] * images);
        Assert.InRange(GoldenTensor.RelativeL2(values.data<float>().ToArray(), wanted), 0, tolerance);
    }
}
