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
        using Discriminators networks = Create(golden);
        using IDisposable scope = NewDisposeScope();
        Tensor image = Input("in.discriminator", 2, 3, crop, crop).requires_grad_();

        Tensor logits = networks.Image.forward(image);
        Compare(golden, "out.r1_per_sample", autograd.grad([logits.sum()], [image])[0].square().sum([1, 2, 3]));
        // These logits are small differences of large sums: fp32's rounding alone is 2e-5 of them, so the function is compared in fp64.
        Compare(golden, "out.discriminator", logits, 5 * Tolerance);
        using IDisposable gradients = no_grad();
        ((nn.Module)networks).to(ScalarType.Float64);
        Compare(golden, "out.discriminator", networks.Image.forward(image.to(ScalarType.Float64)));
    }

    [Theory]
    [InlineData("sae-small.safetensors")]
    [InlineData("sae-full.safetensors")]
    public void PatchDiscriminator_AgreesWithTheReference(string fileName)
    {
        SafetensorsFile golden = SafetensorsFile.Read(SharedFolder.Require("golden", fileName));
        int size = int.Parse(golden.Metadata["patch_size"]);
        using Discriminators networks = Create(golden);
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        Tensor reference = Input("in.patches_reference", 2, 8, 3, size, size);
        Tensor candidate = Input("in.patches_candidate", 2, 8, 3, size, size);

        Tensor referenceFeatures = networks.Patch.ReferenceFeatures(reference), features = networks.Patch.Features(candidate);
        Compare(golden, "out.features_reference_aggregated", referenceFeatures);
        Compare(golden, "out.features_candidate", features);
        Compare(golden, "out.patch_logits", networks.Patch.Logits(referenceFeatures, features));
    }

    private static Discriminators Create(SafetensorsFile golden)
    {
        int crop = int.Parse(golden.Metadata["crop"]);
        ImageDiscriminatorConfiguration image = new() { CropHeight = crop, CropWidth = crop, Capacity = Number("discriminator_capacity") };
        PatchDiscriminatorConfiguration patch = new()
        {
            PatchSize = int.Parse(golden.Metadata["patch_size"]),
            Capacity = Number("patch_capacity"),
            MaxChannels = int.Parse(golden.Metadata["patch_max_channels"]),
        };
        Discriminators networks = new(image, patch);
        ModuleWeights.Import(networks, SaeGolden.Weights(image.Parameters().Concat(patch.Parameters())), "golden formula");
        return networks;

        double Number(string key) => double.Parse(golden.Metadata[key], CultureInfo.InvariantCulture);
    }

    private static Tensor Input(string name, params long[] shape) =>
        tensor(GoldenTensor.Create(name, (int)shape.Aggregate((a, b) => a * b), 1), shape);

    private static void Compare(SafetensorsFile golden, string name, Tensor actual, double tolerance = Tolerance)
    {
        WeightTensor expected = golden.Tensors[name];
        Assert.Equal(expected.Shape.Select(size => (long)size), actual.shape);
        using Tensor values = actual.detach().to(ScalarType.Float32).contiguous();
        Assert.InRange(GoldenTensor.RelativeL2(values.data<float>().ToArray(), expected.Values), 0, tolerance);
    }
}
