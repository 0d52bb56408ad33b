using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Networks.Layers;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Segmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>Networks given bf16 images against the same networks given fp32 ones.</summary>
/// <remarks>
/// Rounding to bf16 errs by at most 2⁻⁹ and by 0.11 % in the root mean square; a layer rounds its input, its weights and its output, and
/// errors of different layers are independent. 25 layers make 0.0011 · √75 = 1 %; outputs may err by twice that, gradients, which pass
/// the layers twice and meet other kinks, turn by up to 11° (cosine 0.98). Segmenters are allowed more: batch normalisation takes away the
/// mean, of which the rounding was a small share, and a ReLU's kink stops a gradient altogether.
/// </remarks>
public sealed class PrecisionTests : IDisposable
{
    private static readonly SaeConfiguration Tiny = SaeConfiguration.Tiny;

    private readonly IDisposable _scope = NewDisposeScope();

    public PrecisionTests() => manual_seed(8);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Encoder_InBf16_AgreesWithSingle()
    {
        using Encoder encoder = Randomised(new Encoder(Tiny));
        Agree(encoder, Picture(2, 3, 64, 96), image =>
        {
            (StructureCodes structure, Tensor texture, Tensor inner) = encoder.ForwardWithInnerFeatures(image);
            Assert.Equal((image.dtype, ScalarType.Float32, image.dtype), (structure.Deep.dtype, texture.dtype, inner.dtype));
            return [structure.Deep, texture, inner];
        });
    }

    [Fact]
    public void Generator_InBf16_AgreesWithSingle()
    {
        using Generator generator = Randomised(new Generator(Tiny));
        using FixedNoiseMaps noise = FixedNoiseMaps.ForImage(Tiny, 64, 96);
        Tensor texture = randn(2, Tiny.TextureChannels);
        Agree(generator, randn(2, Tiny.StructureChannels, 8, 12), structure =>
        {
            Tensor image = generator.forward(structure, texture, noise);
            Assert.Equal(structure.dtype, image.dtype);
            return [image];
        });
        Assert.Equal(ScalarType.BFloat16,
            generator.forward(zeros(1, Tiny.StructureChannels, 8, 8, ScalarType.BFloat16), texture[..1], GeneratorNoise.Random).dtype);
    }

    [Fact]
    public void Discriminators_InBf16_AgreeWithSingle_AndGiveSingleLogits()
    {
        using ImageDiscriminator whole = Randomised(
            new ImageDiscriminator(new() { CropHeight = 32, CropWidth = 64, Capacity = 0.05, MaxChannels = 64 }));
        Agree(whole, Picture(8, 3, 32, 64), image => [Single(whole.forward(image))]);
        using PatchDiscriminator patch = Randomised(
            new PatchDiscriminator(new() { PatchSize = 16, Capacity = 0.25, MaxChannels = 32, HeadWidth = 64 }));
        Tensor reference = Picture(8, 3, 16, 16).unflatten(0, [2, 4]);
        Agree(patch, Picture(8, 3, 16, 16).unflatten(0, [2, 4]), candidate => [Single(patch.forward(reference.to(candidate.dtype), candidate))]);

        static Tensor Single(Tensor logits)
        {
            Assert.Equal(ScalarType.Float32, logits.dtype);
            return logits;
        }
    }

    [Fact]
    public void InnerBranch_InBf16_AgreesWithSingle()
    {
        using InnerSemanticBranch branch = Randomised(new InnerSemanticBranch(Tiny, 5));
        Agree(branch, randn(2, 24, 6, 8), features => [branch.forward(features)]);
    }

    [Theory]
    [InlineData("unet", true)]
    [InlineData("unet", false)]
    [InlineData("deeplabv3plus_mobilenet", false)]
    public void Segmenter_InBf16_AgreesWithSingle(string architecture, bool training)
    {
        // Without oneDNN libtorch adds products up in bf16; the trainer then takes fp32.
        Assert.SkipUnless(TorchComputing.Choose().IsBf16Right, "The trainer does not choose bf16 on this machine.");
        using Segmenter segmenter = new(
            new() { Architecture = SegmenterConfiguration.ParseArchitecture(architecture), Classes = 4, Width = 8 });
        Tensor images = Picture(4, 3, 48, 64);
        using (no_grad())
        {
            for (int i = 0; i < 30; i++)
                segmenter.forward(segmenter.Normalise(images)); // statistics that suit the weights
        }
        segmenter.train(training);
        // Dropout draws other pixels in another type, so in training the features are compared, which come before it.
        Agree(segmenter, images,
            image => training ? segmenter.Features(segmenter.Normalise(image)) : [segmenter.forward(segmenter.Normalise(image))],
            tolerance: 0.035, leastCosine: 0.93);
        Assert.All(segmenter.named_buffers().Where(buffer => buffer.name.Contains("running_")),
            buffer => Assert.Equal(ScalarType.Float32, buffer.buffer.dtype));
    }

    [Fact]
    public void PatchCrops_InBf16_AreTakenAtTheSamePoints()
    {
        // A ramp across the image, exact in bf16: samples show where they were taken, to the half step of their own rounding.
        Tensor ramp = arange(256, ScalarType.Float32).expand(1, 3, 16, 256);
        CropBox[] boxes = CropBox.Draw(new Random(4), 20);
        Tensor expected = PatchCrops.Sample(ramp, boxes, 8), actual = PatchCrops.Sample(ramp.to(ScalarType.BFloat16), boxes, 8);
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.True(actual.to(ScalarType.Float32).equal(expected.to(ScalarType.BFloat16).to(ScalarType.Float32)).all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Layers_KeepTheChannelsLast(ScalarType type)
    {
        using IDisposable gradients = no_grad();
        Tensor x = randn(2, 4, 8, 12).to(type).ChannelsLast(), texture = randn(2, 6);
        double[] taps = [1, 3, 3, 1];
        Check("1x1", ConvolutionLayer.SameSize(4, 6, 1).forward(x));
        Check("3x3", ConvolutionLayer.SameSize(4, 6, 3).forward(x));
        Check("mirrored", ConvolutionLayer.SameSize(4, 6, 3, reflection: true).forward(x));
        Check("shrinking", ConvolutionLayer.Shrinking(4, 6, 2).forward(x));
        Check("halving block", new ResidualBlock(new SaeBlock("b", 4, 6), taps).forward(x));
        Check("mirrored block", new ResidualBlock(new SaeBlock("b", 4, 6), [1, 2, 1], reflection: true).forward(x));
        Check("filter", new FirFilter(taps, 1, 1, 1, 1).forward(x));
        Check("transposed", new TransposedConvolution(4, 6).forward(x));
        foreach (bool upsample in new[] { false, true })
            Check("generator block", new GeneratorBlock(new SaeBlock("G.b", 4, 6), 6, upsample).Forward(x, texture, GeneratorNoise.Random));
        using SwappingAutoencoder networks = new(Tiny);
        (Tensor structure, Tensor code) = networks.Encoder.forward(randn(1, 3, 64, 64).to(type));
        Check("encoder", structure);
        Check("generator", networks.Generator.forward(structure.contiguous(), code, GeneratorNoise.Off));

        void Check(string layer, Tensor y)
        {
            Assert.True(y.stride(1) == 1 && y.stride(3) == y.shape[1], $"{layer}: strides {string.Join(", ", y.stride())}");
            Assert.Equal(type, y.dtype);
        }
    }

    [Fact]
    public void Passes_InBf16_LeaveNoTensorsBehind()
    {
        using SwappingAutoencoder networks = new(Tiny);
        using Discriminators discriminators = new(new() { CropHeight = 64, CropWidth = 64, Capacity = 0.02, MaxChannels = 8 },
            new() { PatchSize = 16, Capacity = 0.1, MaxChannels = 8, HeadWidth = 16 });
        Tensor image = randn(2, 3, 64, 64).to(ScalarType.BFloat16);
        CropBox[] boxes = CropBox.Draw(new Random(2), 4);
        Step();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
            Step();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using IDisposable scope = NewDisposeScope();
            (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
            Tensor made = networks.Generator.forward(structure, texture, GeneratorNoise.Random);
            Tensor patches = PatchCrops.Sample(made, boxes, 16);
            (discriminators.Image.forward(made).sum() + discriminators.Patch.forward(patches, patches).sum()).backward();
            networks.zero_grad();
            discriminators.zero_grad();
        }
    }

    /// <summary>Smooth random colours in [-1, 1].</summary>
    private static Tensor Picture(long count, long channels, long height, long width) => nn.functional.interpolate(
        randn(count, channels, height / 8, width / 8), [height, width], mode: InterpolationMode.Bilinear, align_corners: false).tanh();

    /// <summary>Compares outputs, and gradients of a random projection of all of them in the input and in each parameter.</summary>
    /// <remarks>
    /// The projection is the same for all pixels of a channel, as losses are: where neighbours pull in opposite directions, what the
    /// rounding does to one is not made up for by the other.
    /// </remarks>
    private static void Agree(nn.Module network, Tensor input, Func<Tensor, IEnumerable<Tensor>> outputs,
        double tolerance = 0.02, double leastCosine = 0.98)
    {
        Tensor[] projections = [.. outputs(input).Select(output => randn([.. output.shape[..2], .. output.shape[2..].Select(_ => 1L)]))];
        (Tensor[] expected, Dictionary<string, Tensor> wanted) = Run(ScalarType.Float32);
        (Tensor[] actual, Dictionary<string, Tensor> gradients) = Run(ScalarType.BFloat16);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = ((actual[i] - expected[i]).norm() / expected[i].norm()).item<float>();
            Assert.True(error > 0 && error <= tolerance, $"Output {i} [{string.Join(", ", expected[i].shape)}] errs by {error}.");
        }
        Assert.All(wanted, gradient =>
        {
            Tensor a = gradient.Value.flatten(), b = gradients[gradient.Key].flatten();
            double cosine = (a.dot(b) / (a.norm() * b.norm())).item<float>();
            string shape = string.Join(", ", gradient.Value.shape);
            Assert.True(cosine >= leastCosine, $"The gradient of {gradient.Key} [{shape}] has cosine {cosine}.");
        });

        (Tensor[] Outputs, Dictionary<string, Tensor> Gradients) Run(ScalarType type)
        {
            network.zero_grad();
            Tensor leaf = input.detach().clone().requires_grad_();
            Tensor[] results = [.. outputs(leaf.to(type)).Select(output => output.to(ScalarType.Float32))];
            stack(results.Zip(projections, (result, projection) => (result * projection).mean())).sum().backward();
            Dictionary<string, Tensor> found = new() { ["the input"] = leaf.grad!.clone() };
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
            {
                if (parameter.grad is null)
                    continue; // a segmenter's head, where only its features are looked at
                Assert.Equal(ScalarType.Float32, parameter.grad.dtype);
                found.Add(name, parameter.grad.clone());
            }
            return ([.. results.Select(result => result.detach())], found);
        }
    }

    /// <summary>Biases and noise weights start at a constant, where they would not be seen.</summary>
    private static T Randomised<T>(T module)
        where T : nn.Module
    {
        using IDisposable gradients = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in module.named_parameters())
        {
            if (name.EndsWith("bias") || name.EndsWith("noise.weight"))
                parameter.add_(randn_like(parameter), 0.3);
        }
        return module;
    }
}
