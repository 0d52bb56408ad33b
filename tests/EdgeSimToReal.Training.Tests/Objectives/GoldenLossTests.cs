using System.Text.Json;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Training.Objectives;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Objectives;

/// <summary>Every loss term and gradient norm of the label-consistent model against the independent reference, relative 1e-4.</summary>
public sealed class GoldenLossTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Size = 128, Classes = 16, Crops = 8, Patch = 32;

    private static readonly SaeConfiguration Sizes =
        new() { StructureChannels = 8, TextureChannels = 64, EncoderCapacity = 0.25, GeneratorCapacity = 0.25 };
    private static readonly ImageDiscriminatorConfiguration ImageSizes = new() { CropHeight = Size, CropWidth = Size, Capacity = 0.125 };
    private static readonly PatchDiscriminatorConfiguration PatchSizes = new() { PatchSize = Patch, Capacity = 0.5, MaxChannels = 48 };

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly List<string> _faults = [];

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void TermsAndGradientNorms_AgreeWithTheReference()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("golden", "lcsae-losses.json")));
        using SwappingAutoencoder autoencoder = new(Sizes);
        ModuleWeights.Import(autoencoder, SaeGolden.Weights(Sizes), "golden formula");
        using Discriminators discriminators = new(ImageSizes, PatchSizes);
        ModuleWeights.Import(discriminators, SaeGolden.Weights(ImageSizes.Parameters().Concat(PatchSizes.Parameters())), "golden formula");
        using InnerSemanticBranch inner = new(Sizes, Classes);
        ModuleWeights.Import(inner, SaeGolden.Weights(Sizes.InnerSemanticParameters(Classes))
            .ToDictionary(weight => weight.Key["E.ToInnerSemantic.".Length..], weight => weight.Value), "golden formula");
        using FixedNoiseMaps noise = new(SaeGolden.Noise(Sizes, Size, Size));
        Tensor simulated = Image("in.simulated"), real = Image("in.real");
        Tensor simulatedLabels = Labels("in.labels_simulated"), realLabels = Labels("in.labels_real");

        (StructureCodes simulatedStructure, Tensor simulatedTexture, Tensor simulatedInner) =
            autoencoder.Encoder.ForwardWithInnerFeatures(simulated);
        (StructureCodes realStructure, Tensor realTexture, Tensor realInner) = autoencoder.Encoder.ForwardWithInnerFeatures(real);
        Tensor simulatedAgain = autoencoder.Generator.forward(simulatedStructure.Deep[..1], simulatedTexture[..1], noise);
        Tensor realAgain = autoencoder.Generator.forward(realStructure.Deep[..1], realTexture[..1], noise);
        Tensor hybrid = autoencoder.Generator.forward(simulatedStructure, realTexture, noise);
        Tensor reconstruction = cat([simulatedAgain, realAgain]), originals = cat([simulated, real]);
        Tensor reference = PatchCrops.Sample(real, Boxes("reference"), Patch), target = PatchCrops.Sample(real, Boxes("target"), Patch);
        CropBox[] hybridBoxes = Boxes("hybrid");
        Tensor hybridPatches = PatchCrops.Sample(hybrid, hybridBoxes, Patch);

        Tensor[] generatorSide =
        [
            Term("l1_simulated", L1Reconstruction.Loss(simulatedAgain, simulated[..1])),
            Term("l1_real", L1Reconstruction.Loss(realAgain, real[..1])),
            Term("g_reconstruction", NonSaturatingGan.WantReal(discriminators.Image.forward(reconstruction))),
            Term("g_hybrid", NonSaturatingGan.WantReal(discriminators.Image.forward(hybrid))),
            Term("g_patch", PatchCooccurrence.GeneratorLoss(discriminators.Patch, reference, hybridPatches)),
            Term("inner_nll_simulated", InnerSemanticNll.Loss(inner.forward(simulatedInner), simulatedLabels)),
            Term("inner_nll_real", InnerSemanticNll.Loss(inner.forward(realInner), realLabels)),
        ];
        Norms("generator_side", generatorSide, ("E", autoencoder.Encoder), ("G", autoencoder.Generator), ("inner", inner));
        Norms("discriminator",
        [
            Term("d_real", NonSaturatingGan.WantReal(discriminators.Image.forward(originals))),
            Term("d_reconstruction", NonSaturatingGan.WantFake(discriminators.Image.forward(reconstruction.detach()))),
            Term("d_hybrid", NonSaturatingGan.WantFake(discriminators.Image.forward(hybrid.detach()))),
        ], ("D", discriminators.Image));
        (Tensor patchReal, Tensor patchFake) =
            PatchCooccurrence.DiscriminatorLosses(discriminators.Patch, reference, target, hybridPatches.detach());
        Norms("patch", [Term("patch_real", patchReal), Term("patch_fake", patchFake)], ("Dpatch", discriminators.Patch));
        LazyR1 r1 = new() { ImageWeight = 3, PatchWeight = 5, Interval = 7 };
        (Tensor loss, Tensor image, Tensor first, Tensor second) = r1.Loss(discriminators, originals, reference, target);
        Assert.Equal(7 * ((1.5 * Value(image)) + (1.25 * (Value(first) + Value(second)))), Value(loss), 1e-6);
        Norms("r1_image", [Term("r1_image", image)], ("D", discriminators.Image));
        Norms("r1_patch", [Term("r1_patch_reference", first), Term("r1_patch_target", second)], ("Dpatch", discriminators.Patch));
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));

        Tensor Term(string name, Tensor actual)
        {
            Compare(name, Value(actual), golden.RootElement.GetProperty(name).GetDouble());
            return actual;
        }

        void Norms(string sum, Tensor[] terms, params (string Name, nn.Module Module)[] modules)
        {
            foreach ((_, nn.Module module) in modules)
                module.zero_grad();
            stack(terms).sum().backward(retain_graph: true);
            foreach ((string name, nn.Module module) in modules)
            {
                double squares = module.parameters().Where(parameter => parameter.grad is not null)
                    .Sum(parameter => Math.Pow(parameter.grad!.norm().item<float>(), 2));
                string key = $"{sum}/{name}";
                Compare(key, Math.Sqrt(squares), golden.RootElement.GetProperty("gradient_norms").GetProperty(key).GetDouble());
            }
        }
    }

    private static double Value(Tensor scalar) => scalar.item<float>();

    private static Tensor Image(string name) => tensor(GoldenTensor.Create(name, 2 * 3 * Size * Size, 1), [2, 3, Size, Size]);

    private static Tensor Labels(string name) =>
        tensor(GoldenTensor.Labels(name, 2 * Size * Size, Classes).Select(label => (byte)label).ToArray(), [2, Size, Size]);

    /// <summary>The boxes of 2 · 8 crops: two side fractions, two centres and a flip for each.</summary>
    private static CropBox[] Boxes(string set) => [.. Enumerable.Range(0, 2 * Crops).Select(i =>
    {
        double width = Side("sx"), height = Side("sy");
        return new CropBox(width, height, U("cx") * (1 - width), U("cy") * (1 - height), U("flip") < 0);

        double Side(string key) => 0.125 + (0.125 * (U(key) + 1) / 2);

        double U(string key) => GoldenTensor.Uniform($"in.boxes.{set}.{key}", i);
    })];

    private void Compare(string name, double actual, double expected)
    {
        if (!(Math.Abs(actual - expected) <= Tolerance * Math.Abs(expected)))
            _faults.Add($"{name}: {actual:G9} for {expected:G9}");
    }
}
