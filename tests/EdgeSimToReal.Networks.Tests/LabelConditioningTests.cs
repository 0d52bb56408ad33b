using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Networks.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>The generator that is also told what is where, and the maps that tell it.</summary>
public sealed class LabelConditioningTests : IDisposable
{
    private static readonly SaeConfiguration Conditioned = SaeConfiguration.Tiny with { LabelClasses = 3 };

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Generator _generator = new(Conditioned);
    private readonly Tensor _structure = randn(2, 4, 4, 6);
    private readonly Tensor _texture = randn(2, 24);
    private readonly Tensor _labels = rand(2, 3, 4, 6);

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(8, 10)]
    [InlineData(16, 16)]
    public void TensorMap_EqualsTheByteMap_Exactly(int stride, int classes)
    {
        const int batch = 3, columns = 5, rows = 4;
        int width = columns * stride, height = rows * stride, map = classes * columns * rows;
        Random random = new(stride);
        byte[] labels = new byte[batch * width * height];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = random.Next(8) == 0 ? LabelSpace.Ignore : (byte)random.Next(classes + 2);
        float[] expected = new float[batch * map];
        for (int n = 0; n < batch; n++)
            LabelMap.Fill(labels.AsSpan(n * width * height, width * height), width, height, stride, expected.AsSpan(n * map, map));
        Tensor actual = LabelMaps.FromLabels(tensor(labels, [batch, height, width]), classes, stride);
        Assert.Equal([batch, classes, rows, columns], actual.shape);
        Assert.Equal(expected, actual.data<float>().ToArray());
    }

    [Fact]
    public void TensorMap_OfOtherTensors_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => LabelMaps.FromLabels(zeros(1, 8, 8), 3, 4)); // fp32
        Assert.Throws<ArgumentException>(() => LabelMaps.FromLabels(zeros([8, 8], ScalarType.Byte), 3, 4));
        Assert.Throws<ArgumentException>(() => LabelMaps.FromLabels(zeros([1, 8, 6], ScalarType.Byte), 3, 4));
    }

    [Fact]
    public void Parameters_AreTheConfigurations() => Assert.Equal(
        Conditioned.GeneratorParameters().Select(parameter => $"{parameter.Name} {parameter.ShapeText}").Order(),
        _generator.named_parameters().Select(item => $"G.{item.name} [{string.Join(", ", item.parameter.shape)}]").Order());

    [Fact]
    public void OtherLabelsInOneCorner_ChangeThePictureThere_AndOnlyThatFrame()
    {
        using IDisposable noGradients = no_grad();
        Tensor other = _labels.clone();
        other[0, TensorIndex.Colon, 0, 0] = tensor(new float[] { 0, 0, 1 });
        Tensor before = Translate(_labels), after = Translate(other);
        Tensor change = (after - before).abs();
        Assert.True(change[0, TensorIndex.Colon, TensorIndex.Slice(0, 8), TensorIndex.Slice(0, 8)].mean().item<float>() > 1e-3);
        Assert.Equal(0, change[1].max().item<float>());
    }

    [Fact]
    public void CodesAreNormalised_BeforeTheLabelsJoinThem()
    {
        using IDisposable noGradients = no_grad();
        Tensor image = Translate(_labels);
        Tensor same = _generator.forward(_structure * 3, _texture * 0.5, GeneratorNoise.Off, _labels);
        Assert.True(image.allclose(same, rtol: 1e-3, atol: 1e-4));
        Assert.False(image.allclose(Translate(_labels * 3), rtol: 1e-1, atol: 1e-2));
    }

    [Fact]
    public void LabelsMissingOrUnasked_AreRefused_WithTheShapeThatIsWanted()
    {
        using Generator plain = new(SaeConfiguration.Tiny);
        Assert.Contains("[2, 3, 4, 6]",
            Assert.Throws<ArgumentException>(() => _generator.forward(_structure, _texture, GeneratorNoise.Off)).Message);
        Assert.Contains("takes no label map",
            Assert.Throws<ArgumentException>(() => plain.forward(_structure, _texture, GeneratorNoise.Off, _labels)).Message);
        foreach (long[] wrong in new long[][] { [2, 4, 4, 6], [1, 3, 4, 6], [2, 3, 32, 48], [2, 3, 4] })
        {
            Assert.Contains($"not [{string.Join(", ", wrong)}]", Assert.Throws<ArgumentException>(
                () => _generator.forward(_structure, _texture, GeneratorNoise.Off, zeros(wrong))).Message);
        }
    }

    [Fact]
    public void Pass_LeavesItsResultOnly_AndReachesTheLabelsWithItsGradient()
    {
        using Tensor labels = rand(2, 3, 4, 6, requires_grad: true).DetachFromDisposeScope();
        using (Translate(_labels).DetachFromDisposeScope())
        {
            long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Translate(labels).DetachFromDisposeScope().Dispose();
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Translate(labels).square().mean().backward();
        Assert.True(labels.grad!.abs().amin([0, 2, 3]).max().item<float>() > 0);
    }

    private Tensor Translate(Tensor labels) => _generator.forward(_structure, _texture, GeneratorNoise.Off, labels);
}
