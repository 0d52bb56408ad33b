using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests;

/// <summary>Exported graphs in ONNX Runtime against the TorchSharp networks they came from.</summary>
public sealed class ExportParityTests : IDisposable
{
    private const double MaxAbsolute = 1e-4;
    private const double MaxRelative = 1e-5;

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly IDisposable _gradients = no_grad();

    public void Dispose()
    {
        _gradients.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("tiny", 0)]
    [InlineData("tiny", 10)]
    [InlineData("tiny-pyramid", 0)]
    [InlineData("tiny-pyramid", 10)]
    [InlineData("edge-pyramid", 0)]
    [InlineData("edge", 0)]
    [InlineData("edge", 16)]
    [InlineData("full", 0)]
    public void RandomWeights_ThreeSizes_Agree(string preset, int labelClasses)
    {
        SaeConfiguration configuration = SaeGolden.Configuration(preset) with { LabelClasses = labelClasses };
        using SwappingAutoencoder networks = new(configuration);
        ModuleWeights.Import(networks, SaeGolden.Weights(configuration), "golden formula");
        // (batch, height, width): not square, so that no transposition hides; the least that the texture encoder takes, and more.
        Check(networks, preset == "full" ? [(1, 112, 128), (2, 128, 112), (1, 160, 112)] : [(1, 64, 96), (2, 112, 80), (1, 144, 240)]);
    }

    [Fact]
    public void TrainedWeights_Agree()
    {
        using SwappingAutoencoder networks = SwappingAutoencoder.Load(SharedFolder.Require("weights", "edge-probe.safetensors"));
        Check(networks, [(1, 96, 160)]);
    }

    [Fact]
    public void ExportWeights_DivergedNetworks_AreRefused()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        networks.Generator.get_parameter("ToRGB.bias")!.fill_(float.NaN);
        Assert.Contains("G.ToRGB.bias", Assert.Throws<EdgeSimException>(networks.ExportWeights).Message);
    }

    [Fact]
    public void ExportWeights_LaterTraining_ChangesNothing()
    {
        using SwappingAutoencoder networks = new(SaeConfiguration.Tiny);
        SaeWeights weights = networks.ExportWeights();
        float[] before = [.. weights["G.ToRGB.conv.weight"].Values];
        networks.Generator.get_parameter("ToRGB.conv.weight")!.zero_();
        Assert.Equal(before, weights["G.ToRGB.conv.weight"].Values);
    }

    private static void Check(SwappingAutoencoder networks, (int Batch, int Height, int Width)[] sizes)
    {
        SaeWeights weights = networks.ExportWeights();
        using OnnxGraph structureEncoder = new(SaeExporter.StructureEncoder(weights));
        using OnnxGraph textureEncoder = new(SaeExporter.TextureEncoder(weights));
        using OnnxGraph generator = new(SaeExporter.Generator(weights));
        Assert.Empty(structureEncoder.Warnings.Concat(textureEncoder.Warnings).Concat(generator.Warnings));
        foreach ((int batch, int height, int width) in sizes)
        {
            string size = $"{batch}×3×{height}×{width}";
            Tensor image = tensor(GoldenTensor.Create($"parity {size}", batch * 3 * height * width, 1), [batch, 3, height, width]);
            (StructureCodes structure, Tensor texture, _) = networks.Encoder.ForwardWithInnerFeatures(image);
            (string Name, Tensor Value)[] structures = [.. SaeExporter.StructureNames(networks.Configuration).Zip(
                [structure.Deep, .. structure.Pyramid, .. structure.Picture is { } picture ? [picture] : Array.Empty<Tensor>()])];
            for (int i = 0; i < structures.Length; i++)
                Compare($"{structures[i].Name} of {size}", structureEncoder.Output(i, (SaeExporter.Image, image)), structures[i].Value);
            Compare($"texture of {size}", textureEncoder.Run((SaeExporter.Image, image)), texture);

            int classes = networks.Configuration.LabelClasses, stride = networks.Configuration.Stride;
            Tensor? labels = classes == 0 ? null
                : LabelMaps.FromLabels(randint(0, classes + 1, [batch, height, width], ScalarType.Byte), classes, stride);
            Dictionary<string, WeightTensor> maps = FixedNoise.Maps(networks.Configuration, height, width);
            using FixedNoiseMaps noise = new(maps);
            Compare($"image of {size}", generator.Run(Inputs(map => map.Values)),
                networks.Generator.forward(structure, texture, noise, labels));
            Compare($"image of {size} without noise", generator.Run(Inputs(map => new float[map.Count])),
                networks.Generator.forward(structure, texture, GeneratorNoise.Off, labels));

            // Each noise input as the values that a function makes of its map.
            IEnumerable<(string, Tensor)> Inputs(Func<WeightTensor, float[]> values) =>
            [
                .. structures,
                (SaeExporter.Texture, texture),
                .. labels is null ? Array.Empty<(string, Tensor)>() : [(SaeExporter.Labels, labels)],
                .. networks.Configuration.NoiseLayers.Select(layer => (SaeExporter.NoiseInput(layer), Shaped(values, maps[layer.Name]))),
            ];
        }
    }

    private static Tensor Shaped(Func<WeightTensor, float[]> values, WeightTensor map) =>
        tensor(values(map), [.. map.Shape.Select(side => (long)side)]);

    private static void Compare(string what, (long[] Shape, float[] Values) actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.Shape);
        float[] values = expected.data<float>().ToArray();
        double relative = GoldenTensor.RelativeL2(actual.Values, values);
        double absolute = values.Zip(actual.Values, (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(relative <= MaxRelative && absolute <= MaxAbsolute,
            $"{what}: relative L2 {relative:E2}, greatest difference {absolute:E2}.");
    }
}
