using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

public sealed class WeightImportTests : IDisposable
{
    private readonly SwappingAutoencoder _networks = new(SaeConfiguration.Tiny);
    private readonly Dictionary<string, WeightTensor> _weights = SaeGolden.Weights(SaeConfiguration.Tiny);

    public void Dispose() => _networks.Dispose();

    [Fact]
    public void Import_ThenExport_GivesTheSameBits()
    {
        ModuleWeights.Import(_networks, _weights, "test");
        Dictionary<string, WeightTensor> exported = ModuleWeights.Export(_networks);
        Assert.Equal(_weights.Keys.Order(), exported.Keys.Order());
        Assert.All(exported, weight => Assert.Equal(_weights[weight.Key].Values, weight.Value.Values));
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameNetworks()
    {
        using TemporaryFolder folder = new();
        ModuleWeights.Import(_networks, _weights, "test");
        _networks.Save(folder["weights.safetensors"], new Dictionary<string, string> { ["licence"] = "test only" });
        Assert.Equal("test only", SafetensorsFile.Read(folder["weights.safetensors"]).Metadata["licence"]);
        using SwappingAutoencoder loaded = SwappingAutoencoder.Load(folder["weights.safetensors"]);
        Assert.Equal(SaeConfiguration.Tiny, loaded.Configuration);
        Assert.True(ModuleWeights.Export(loaded).All(weight => weight.Value.Values.SequenceEqual(_weights[weight.Key].Values)));
    }

    [Fact]
    public void Import_FaultyWeights_NamesEachFaultAndChangesNothing()
    {
        Dictionary<string, WeightTensor> before = ModuleWeights.Export(_networks);
        _weights.Remove("E.FromRGB.Act.bias");
        _weights["G.Extra.weight"] = new WeightTensor([1], [1]);
        _weights["E.ToGlobalCode.0.bias"] = new WeightTensor([2], [1, 2]);
        _weights["G.ToRGB.bias"].Values[1] = float.NaN;
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ModuleWeights.Import(_networks, _weights, "faulty.safetensors"));
        Assert.Contains("faulty.safetensors", error.Message);
        Assert.Contains("1 missing (E.FromRGB.Act.bias)", error.Message);
        Assert.Contains("1 unexpected (G.Extra.weight)", error.Message);
        Assert.Contains("1 of another shape (E.ToGlobalCode.0.bias: [2] for [24])", error.Message);
        Assert.Contains("1 not finite (G.ToRGB.bias)", error.Message);
        Assert.All(ModuleWeights.Export(_networks), weight => Assert.Equal(before[weight.Key].Values, weight.Value.Values));
    }

    [Fact]
    public void Import_ReferenceCheckpoint_PassesOverWhatIsNotOurs()
    {
        foreach (string key in new[] { "D.stylegan2_D.convs.0.Conv.weight", "Dpatch.convs.0.Act.bias", "num_discriminator_iters",
            "G.ToRGB.upsample.kernel", "E.ToInnerSemantic.0.weight", "E.DownToSpatialCode.ResBlockDownBy1.skip.Blur.kernel" })
        {
            _weights[key] = new WeightTensor([1], [0]);
        }
        Assert.True(ModuleWeights.Compare(_networks, _weights).Fits);
    }

    [Fact]
    public void Import_WholeCheckpoint_DiscriminatorsTakeTheirOwnOnly()
    {
        ImageDiscriminatorConfiguration image = new() { CropHeight = 32, CropWidth = 32, Capacity = 0.03125, MaxChannels = 16 };
        PatchDiscriminatorConfiguration patch = new() { PatchSize = 8, Capacity = 0.125, MaxChannels = 12 };
        using Discriminators networks = new(image, patch);
        foreach ((string key, WeightTensor weight) in SaeGolden.Weights(image.Parameters().Concat(patch.Parameters())))
            _weights.Add(key, weight);
        ModuleWeights.Import(networks, _weights, "whole checkpoint");
        Assert.All(ModuleWeights.Export(networks), weight => Assert.Equal(_weights[weight.Key].Values, weight.Value.Values));
        _weights["D.extra"] = new WeightTensor([1], [0]);
        Assert.Equal(["D.extra"], ModuleWeights.Compare(networks, _weights).Unexpected);
        Assert.True(ModuleWeights.Compare(_networks, _weights).Fits);
    }

    [Fact]
    public void Load_OtherPreset_IsRefused()
    {
        using TemporaryFolder folder = new();
        _networks.Save(folder["tiny.safetensors"]);
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => SwappingAutoencoder.Load(folder["tiny.safetensors"], SaeConfiguration.Edge));
        Assert.Contains("of another shape", error.Message);
    }

    [Fact]
    public void Load_NoFile_IsRefused() => Assert.Throws<EdgeSimException>(() => SwappingAutoencoder.Load("no-such-file.safetensors"));

    [Fact]
    public void Load_ProbeWeights_FitAndGiveAFiniteImage()
    {
        using SwappingAutoencoder networks = SwappingAutoencoder.Load(SharedFolder.Require("weights", "edge-probe.safetensors"));
        Assert.Equal("edge", networks.Configuration.Name);
        using IDisposable scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        using FixedNoiseMaps noise = FixedNoiseMaps.ForImage(networks.Configuration, 64, 96);
        Tensor image = tensor(GoldenTensor.Create("in.image", 3 * 64 * 96, 1), [1, 3, 64, 96]);
        (Tensor structure, Tensor texture) = networks.Encoder.forward(image);
        Tensor output = networks.Generator.forward(structure, texture, noise);
        Assert.Equal([1, 3, 64, 96], output.shape);
        Assert.True(output.isfinite().all().item<bool>());
        Assert.InRange(output.std().item<float>(), 0.05f, 2);
    }
}
