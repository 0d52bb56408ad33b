using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Onnx.Tests;

public sealed class SaeWeightsTests
{
    private const string Key = "G.HeadResnetBlock0.conv1.conv.weight";

    private readonly Dictionary<string, WeightTensor> _tensors = SaeGolden.Weights(SaeConfiguration.Tiny);

    [Fact]
    public void MissingParameter_IsNamed()
    {
        _tensors.Remove(Key);
        Assert.Contains($"'{Key}' is missing", Refused());
    }

    [Fact]
    public void WrongShape_IsNamedWithBothShapes()
    {
        WeightTensor tensor = _tensors[Key];
        _tensors[Key] = new WeightTensor(tensor.Shape[1..], tensor.Values);
        string message = Refused();
        Assert.Contains($"'{Key}' is [", message);
        Assert.Contains($"expected {tensor.ShapeText}", message);
    }

    [Fact]
    public void TooFewValues_AreNamed()
    {
        WeightTensor tensor = _tensors[Key];
        _tensors[Key] = tensor with { Values = tensor.Values[1..] };
        Assert.Contains($"'{Key}' holds {tensor.Count - 1} values", Refused());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ValuesThatAreNotFinite_AreNamed(float value)
    {
        _tensors[Key].Values[3] = value;
        Assert.Contains($"'{Key}' holds values that are not finite", Refused());
    }

    [Fact]
    public void ManyFaults_ThreeAreNamedAndTheRestCounted()
    {
        foreach (string key in _tensors.Keys.Take(5).ToArray())
            _tensors.Remove(key);
        Assert.Contains("and 2 more", Refused());
    }

    [Fact]
    public void WeightsOfAnotherPreset_AreRefused() =>
        Assert.Throws<EdgeSimException>(() => new SaeWeights(SaeConfiguration.Edge, _tensors));

    [Fact]
    public void OtherTensors_AreIgnored()
    {
        _tensors["num_discriminator_iters"] = new WeightTensor([1], [float.NaN]);
        Assert.Equal(SaeConfiguration.Tiny, new SaeWeights(SaeConfiguration.Tiny, _tensors).Configuration);
    }

    [Fact]
    public void Demodulated_EachOutputChannelHasTheActivationsGainAsNorm()
    {
        // facts: sae.md §1: W' · rsqrt(Σ W'² + ε) has norm 1 but for ε; the activation's √2 is worked in.
        WeightTensor weight = new SaeWeights(SaeConfiguration.Tiny, _tensors).Demodulated("G.HeadResnetBlock0.conv1.conv");
        Assert.Equal(_tensors[Key].Shape[1..], weight.Shape);
        foreach (float[] channel in weight.Values.Chunk(weight.Count / weight.Shape[0]))
            Assert.Equal(Math.Sqrt(2), Math.Sqrt(channel.Sum(value => (double)value * value)), 1e-5);
    }

    [Fact]
    public void Equalised_DividesByTheRootOfTheFanIn()
    {
        const string key = "E.DownToSpatialCode.ResBlockDownBy1.conv1.Conv.weight";
        SaeWeights weights = new(SaeConfiguration.Tiny, _tensors);
        int fanIn = _tensors[key].Shape[1] * 9;
        Assert.Equal(_tensors[key].Values[5] / Math.Sqrt(fanIn), weights.Equalised(key, activated: false).Values[5], 1e-6);
        Assert.Equal(_tensors[key].Values[5] / Math.Sqrt(fanIn) * Math.Sqrt(2), weights.Equalised(key, activated: true).Values[5], 1e-6);
    }

    [Fact]
    public void Transposed_SwapsTheFirstTwoSizes()
    {
        WeightTensor weight = new([2, 3, 1, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        WeightTensor transposed = SaeWeights.Transposed(weight);
        Assert.Equal([3, 2, 1, 2], transposed.Shape);
        Assert.Equal([0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11], transposed.Values);
        Assert.Equal(weight.Values, SaeWeights.Transposed(transposed).Values);
    }

    private string Refused()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new SaeWeights(SaeConfiguration.Tiny, _tensors));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        return error.Message;
    }
}
