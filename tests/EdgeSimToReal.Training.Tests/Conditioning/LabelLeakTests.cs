using EdgeSimToReal.Training.Conditioning;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Conditioning;

/// <summary>Hand-made generators that hide, show or ignore their labels.</summary>
public sealed class LabelLeakTests : IDisposable
{
    private const int Classes = 4;
    private const int Stride = 8;
    private const int Side = 48;
    private const int Frames = 24;
    private const double GreyLevel = 1 / 127.5;

    private readonly IDisposable _scope = NewDisposeScope();
    private readonly Tensor _images;
    private readonly Tensor _labels;
    private readonly Tensor _patterns;

    public LabelLeakTests()
    {
        manual_seed(7);
        // Streets of a kind: large blots of colour with grain, and labels in patches of 12 pixels, which cross the cells' borders.
        Tensor blots = nn.functional.interpolate(
            randn(Frames, 3, 6, 6), [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        _images = (blots * 0.35 + randn(Frames, 3, Side, Side) * 0.04).clamp(-1, 1);
        Tensor patches = randint(0, Classes, [Frames, 1, 4, 4]).to_type(ScalarType.Float32);
        _labels = nn.functional.interpolate(patches, [Side, Side], mode: InterpolationMode.Nearest).squeeze(1).to_type(ScalarType.Byte);
        // One pattern a class, [K, 1, Side, Side]: none, columns, rows, chequers.
        Tensor columns = arange(Side).remainder(2).mul(2).sub(1).to_type(ScalarType.Float32).view(1, Side).expand(Side, Side);
        _patterns = stack([zeros(Side, Side), columns, columns.t(), columns * columns.t()]).unsqueeze(1);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void PatternsOfTwoGreyLevels_AreHiding()
    {
        LabelLeak leak = Measure((images, map) => images + Pattern(map, 2 * GreyLevel));
        Assert.True(leak.Hides, $"{leak}");
        Assert.True(leak.Hidden > 0.5 && leak.Followed > 0.5, $"{leak}");
    }

    [Fact]
    public void PatternsOfTwoGreyLevels_BesideVisibleColoursThatTellNothing_AreHidingStill()
    {
        // The labels also brighten or darken the whole picture, which is seen and says nothing of the places.
        LabelLeak leak = Measure((images, map) =>
            (images * 0.6) + (map.mean([2, 3]).narrow(1, 0, 1).unsqueeze(-1).unsqueeze(-1) * 0.8) + Pattern(map, 2 * GreyLevel));
        Assert.True(leak.Hides, $"{leak}");
    }

    [Fact]
    public void Colours_AreShowing()
    {
        float[] colours = [-0.6f, 0.6f, -0.2f, 0.6f, -0.6f, 0, 0.5f, 0.5f, -0.6f, -0.6f, -0.6f, 0.7f];
        Tensor palette = tensor(colours, [1, Classes, 3, 1, 1]);
        LabelLeak leak = Measure((images, map) => (images * 0.5) + (AtImageSize(map).unsqueeze(2) * palette).sum(1));
        Assert.True(leak.Followed > 0.5, $"{leak}");
        Assert.False(leak.Hides, $"{leak}");
    }

    [Fact]
    public void PatternsThatEveryoneSees_AreShowing()
    {
        LabelLeak leak = Measure((images, map) => (images * 0.5) + Pattern(map, 60 * GreyLevel));
        Assert.True(leak.Followed > 0.5, $"{leak}");
        Assert.False(leak.Hides, $"{leak}");
    }

    [Fact]
    public void Grain_IsShowing()
    {
        Tensor amplitude = tensor(new float[] { 0, 5, 12, 25 }, [1, Classes, 1, 1]) * GreyLevel, noise = randn(Frames, 1, Side, Side);
        LabelLeak leak = Measure((images, map) =>
            (images * 0.5) + ((AtImageSize(map) * amplitude).sum(1, keepdim: true) * noise.narrow(0, 0, images.shape[0])));
        Assert.True(leak.Followed > 0.4, $"{leak}");
        Assert.False(leak.Hides, $"{leak}");
    }

    [Fact]
    public void LabelsThatAreIgnored_AreNotHidden()
    {
        LabelLeak leak = Measure((images, _) => images.clone());
        Assert.Equal(new LabelLeak(0, 0), leak);
        Assert.False(leak.Hides);
    }

    [Fact]
    public void FramesOfOneContent_TellNothing()
    {
        Tensor same = _labels.narrow(0, 0, 1).repeat(2, 1, 1);
        Assert.Null(LabelLeak.Measure((images, _) => images.clone(), pictures => pictures,
            _images.narrow(0, 0, 2), same, Classes, Stride));
    }

    [Fact]
    public void MeasuringAndTraining_LeaveNoTensorsBehind()
    {
        Once().Dispose();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Once().Dispose();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        LabelProbe Once()
        {
            using IDisposable scope = NewDisposeScope();
            LabelProbe probe = LabelProbe.Train((images, _) => images.clone(), _images, _labels, Classes, Stride, 2, 1);
            LabelLeak.Measure((images, _) => images.clone(), probe.Read, _images, _labels, Classes, Stride);
            return probe;
        }
    }

    private LabelLeak Measure(Func<Tensor, Tensor, Tensor> generator)
    {
        const int half = Frames / 2;
        using LabelProbe probe = LabelProbe.Train(generator, _images.narrow(0, 0, half), _labels.narrow(0, 0, half), Classes, Stride,
            steps: 120, seed: 1);
        return LabelLeak.Measure(generator, probe.Read, _images.narrow(0, half, half), _labels.narrow(0, half, half), Classes, Stride)!;
    }

    private Tensor Pattern(Tensor map, double amplitude) =>
        (AtImageSize(map).unsqueeze(2) * _patterns.unsqueeze(0)).sum(1) * amplitude;

    private static Tensor AtImageSize(Tensor map) =>
        nn.functional.interpolate(map, scale_factor: [Stride, Stride], mode: InterpolationMode.Nearest);
}
