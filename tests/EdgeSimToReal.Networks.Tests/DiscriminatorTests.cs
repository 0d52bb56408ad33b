using EdgeSimToReal.Core.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>Discriminators, inner branch and patches: derivatives and behaviour, in double precision.</summary>
public sealed class DiscriminatorTests : IDisposable
{
    private static readonly ImageDiscriminatorConfiguration SmallImage =
        new() { CropHeight = 16, CropWidth = 32, Capacity = 0.01, MaxChannels = 6 };
    private static readonly PatchDiscriminatorConfiguration SmallPatch =
        new() { PatchSize = 8, Capacity = 0.04, MaxChannels = 4, HeadWidth = 8 };

    private readonly IDisposable _scope = NewDisposeScope();

    public DiscriminatorTests() => manual_seed(6);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ImageDiscriminator_FirstAndSecondDerivatives()
    {
        using ImageDiscriminator network = Prepare(new ImageDiscriminator(SmallImage));
        Tensor x = Input(2, 3, 16, 32);
        GradientCheck.First(() => network.forward(x), [x, .. network.parameters()]);
        GradientCheck.Second(() => network.forward(x), x, Weights(network));
    }

    [Fact]
    public void PatchDiscriminator_FirstAndSecondDerivatives()
    {
        using PatchDiscriminator network = Prepare(new PatchDiscriminator(SmallPatch));
        Tensor reference = Input(2, 3, 3, 8, 8), candidate = Input(2, 3, 3, 8, 8);
        GradientCheck.First(() => network.forward(reference, candidate), [reference, candidate, .. network.parameters()]);
        GradientCheck.Second(() => network.forward(reference, candidate), reference, Weights(network));
        GradientCheck.Second(() => network.forward(reference, candidate), candidate, Weights(network));
    }

    [Fact]
    public void PatchDiscriminator_ReferenceIsTheMeanOfItsImageOnly()
    {
        using PatchDiscriminator network = Prepare(new PatchDiscriminator(SmallPatch));
        Tensor patches = Input(2, 3, 3, 8, 8).detach();
        Tensor each = network.Features(patches), aggregated = network.ReferenceFeatures(patches);
        for (int i = 0; i < 6; i++)
        {
            Tensor mean = each[(i / 3 * 3)..((i / 3 * 3) + 3)].mean([0]);
            Assert.True(aggregated[i].allclose(mean), $"patch {i}");
        }
        Assert.False(aggregated[0].allclose(aggregated[3]));
    }

    [Theory]
    [InlineData("tiny", 64, 96)]
    [InlineData("tiny16", 112, 128)]
    public void InnerBranch_StartsFromTheEncodersOwnPass(string preset, int height, int width)
    {
        SaeConfiguration configuration = SaeConfiguration.Tiny with { Downsamplings = preset == "tiny" ? 3 : 4 };
        using Encoder encoder = Prepare(new Encoder(configuration));
        using InnerSemanticBranch branch = Prepare(new InnerSemanticBranch(configuration, 5));
        Tensor image = Input(1, 3, height, width);
        (StructureCodes structure, Tensor texture, Tensor features) = encoder.ForwardWithInnerFeatures(image);
        (Tensor expectedStructure, Tensor expectedTexture) = encoder.forward(image);
        Assert.True(structure.Deep.equal(expectedStructure).all().item<bool>());
        Assert.True(texture.equal(expectedTexture).all().item<bool>());
        Assert.Equal([1, 5, height / 4, width / 4], branch.forward(features).shape);

        Tensor[] shared = [.. encoder.named_parameters().Where(p => p.name is "FromRGB.Conv.weight" or "ToSpatialCode.0.Conv.weight")
            .Select(p => p.parameter)];
        GradientCheck.First(
            () => branch.forward(encoder.ForwardWithInnerFeatures(image).InnerFeatures), [.. shared, .. branch.parameters()]);
    }

    [Fact]
    public void Passes_LeaveNothingButTheirResult()
    {
        using Discriminators networks = new(SmallImage, SmallPatch);
        using InnerSemanticBranch branch = new(SaeConfiguration.Tiny, 5);
        Tensor image = randn(2, 3, 16, 32), features = randn(1, 24, 4, 6);
        CropBox[] boxes = CropBox.Draw(new Random(2), 4);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        networks.Image.forward(image).Dispose();
        branch.forward(features).Dispose();
        using (Tensor patches = PatchCrops.Sample(image, boxes, 8))
            networks.Patch.forward(patches, patches).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void PatchCrops_FollowTheImageAndItsGradient()
    {
        // Channels are the pixel's x and y: samples must show where they were taken.
        const int height = 40, width = 64, size = 5;
        Tensor x = arange(width, ScalarType.Float64).expand(height, width);
        Tensor y = arange(height, ScalarType.Float64).unsqueeze(1).expand(height, width);
        Tensor images = stack([stack([x, y, x + y]), stack([x + 100, y + 100, y])]);
        CropBox first = new(0.25, 0.125, 0.5, -0.5, false), second = new(0.125, 0.25, -0.1, 0.2, false);
        CropBox[] boxes = [first, first with { Mirrored = true }, second, new(1, 1, 0, 0, false)];
        Tensor patches = PatchCrops.Sample(images, boxes, size);
        Assert.Equal([2, 2, 3, size, size], patches.shape);
        for (int image = 0; image < 2; image++)
        {
            for (int row = 0; row < size; row++)
            {
                for (int column = 0; column < size; column++)
                    CheckPoint(image, row, column);
            }
        }
        Assert.True(patches[0, 0].allclose(patches[0, 1].flip(2), 1e-5));
        Tensor leaf = Input(2, 3, height, width);
        GradientCheck.First(() => PatchCrops.Sample(leaf, boxes, size), leaf);
        Assert.Throws<ArgumentException>(() => PatchCrops.Sample(images, boxes[..3], size));

        void CheckPoint(int image, int row, int column)
        {
            CropBox box = boxes[2 * image];
            // Normalised -1 and 1 are the outer edges of the first and last pixel.
            double px = ((box.CenterX + (box.Width * ((2.0 * column / (size - 1)) - 1)) + 1) * width / 2) - 0.5;
            double py = ((box.CenterY + (box.Height * ((2.0 * row / (size - 1)) - 1)) + 1) * height / 2) - 0.5;
            Assert.Equal(px + (100 * image), patches[image, 0, 0, row, column].item<double>(), 4);
            Assert.Equal(py + (100 * image), patches[image, 0, 1, row, column].item<double>(), 4);
        }
    }

    [Fact]
    public void CropBox_Draws_LieInTheImageAndFollowTheSeed()
    {
        CropBox[] boxes = CropBox.Draw(new Random(1), 2000);
        Assert.Equal(boxes, CropBox.Draw(new Random(1), 2000));
        Assert.All(boxes, box =>
        {
            Assert.InRange(box.Width, CropBox.LeastSide, CropBox.GreatestSide);
            Assert.InRange(box.Height, CropBox.LeastSide, CropBox.GreatestSide);
            Assert.InRange(Math.Abs(box.CenterX) + box.Width, 0, 1);
            Assert.InRange(Math.Abs(box.CenterY) + box.Height, 0, 1);
        });
        Assert.InRange(boxes.Count(box => box.Mirrored), 900, 1100);
        Assert.InRange(boxes.Average(box => box.Width), 0.18, 0.195);
        Assert.InRange(boxes.Max(box => box.CenterX) - boxes.Min(box => box.CenterX), 1.6, 1.75);
    }

    private static T Prepare<T>(T module)
        where T : nn.Module
    {
        module.to(ScalarType.Float64);
        using IDisposable gradients = no_grad();
        foreach ((string name, var parameter) in module.named_parameters())
        {
            if (name.EndsWith("bias"))
                parameter.add_(randn_like(parameter), 0.3);
        }
        return module;
    }

    private static IEnumerable<Tensor> Weights(nn.Module module) =>
        module.named_parameters().Where(p => p.name.EndsWith("weight")).Select(p => p.parameter);

    private static Tensor Input(params long[] shape) => randn(shape, ScalarType.Float64, requires_grad: true);
}
