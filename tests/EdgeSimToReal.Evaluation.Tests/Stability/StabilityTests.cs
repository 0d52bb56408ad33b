using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Evaluation.Tests.Support;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Evaluation.Tests.Stability;

public class StabilityTests
{
    private const int Width = 48;
    private const int Height = 32;
    private const int Frames = 6;

    [Fact]
    public void WarpingError_OfAConsistentVideo_IsZero_WhateverItShows()
    {
        StabilityReport report = Run(Pan(step: 2), new Flicker(0));
        Assert.Equal(0.0, report.WarpingError);
        Assert.Equal(0.0, report.SourceWarpingError);
        Assert.Equal(0, report.StaticDifference);
        // All but the columns that came in from the right.
        Assert.Equal((Width - 2.0) / Width, report.Compared, 0.03);
        Assert.Equal((Frames, "exact"), (report.Frames, report.Flow));
        // What moves by its motion is consistent, though every pixel changes.
        Assert.True(report.AlternationP99 > 200);
    }

    [Fact]
    public void Figures_RiseWithInjectedFlicker()
    {
        StabilityReport[] reports = [.. new[] { 0, 3, 9, 27 }.Select(amplitude => Run(Pan(step: 0), new Flicker(amplitude)))];
        for (int i = 1; i < reports.Length; i++)
        {
            Assert.True(reports[i].WarpingError > reports[i - 1].WarpingError);
            Assert.True(reports[i].AlternationP99 > reports[i - 1].AlternationP99);
            Assert.True(reports[i].StaticDifference > reports[i - 1].StaticDifference);
            Assert.Equal(0.0, reports[i].SourceWarpingError);
            Assert.Equal(0, reports[i].SourceAlternationP99);
        }
        // Two frames of the opposite sign differ by 2 · 27 levels everywhere.
        Assert.Equal(Math.Pow(2 * 27 / 255.0, 2), reports[3].WarpingError!.Value, 1e-6);
        Assert.Equal(4 * 27, reports[3].AlternationP99);
    }

    [Fact]
    public void Estimated_Flow_FollowsASmoothPan()
    {
        StabilityVideo exact = Pan(step: 1, smooth: true), estimated = exact with
        {
            ExactFlow = false,
            Frames = Pan(step: 1, smooth: true).Frames.Select(frame => new FlowFrame(frame.Frame)),
        };
        StabilityReport report = Run(estimated, new Flicker(0)), flicker = Run(estimated with
        {
            Frames = Pan(step: 1, smooth: true).Frames.Select(frame => new FlowFrame(frame.Frame)),
        }, new Flicker(9));
        Assert.Equal("Farneback", report.Flow);
        Assert.True(report.Compared > 0.5, $"{report.Compared}");
        Assert.InRange(report.WarpingError!.Value, 0, 2e-4);
        Assert.True(flicker.WarpingError > 10 * report.WarpingError);
    }

    [Fact]
    public void Visible_LeavesOutWhatIsHidden_OutsideOrOnAnEdgeOfTheMotion()
    {
        const int width = 8, height = 4;
        float[] toPrevious = new float[2 * width * height], toPresent = new float[2 * width * height];
        Set(toPrevious, 0, 0, -1, 0); // came from outside
        Set(toPrevious, 4, 2, float.NaN, 0);
        Set(toPresent, 6, 3, 3, 0); // what is there has gone elsewhere
        bool[] visible = new FlowPair(toPrevious, toPresent).Visible(width, height);
        int[] hidden = [.. Enumerable.Range(0, visible.Length).Where(i => !visible[i])];
        // Of the edges of the motion: the neighbours whose differences reach the changed pixels.
        Assert.Equal([0, (1 * width) + 4, (2 * width) + 3, (2 * width) + 4, (3 * width) + 6], hidden);

        static void Set(float[] flow, int x, int y, float u, float v) =>
            (flow[2 * ((y * width) + x)], flow[(2 * ((y * width) + x)) + 1]) = (u, v);
    }

    private static StabilityReport Run(StabilityVideo video, IFrameTranslator translator) =>
        StabilityTest.Run(video, translator, () => { }, CancellationToken.None);

    /// <summary>A picture that moves to the left by whole pixels, with its exact motion.</summary>
    private static StabilityVideo Pan(int step, bool smooth = false)
    {
        return new StabilityVideo("pan", ExactFlow: true, Make(), Frames);

        IEnumerable<FlowFrame> Make()
        {
            Frame wide = Scenes.Noise(Width + (step * Frames), Height, 1);
            if (smooth)
            {
                for (int i = 0; i < wide.Bgra.Length; i++)
                {
                    (int x, int y) = (i / 4 % wide.Width, i / 4 / wide.Width);
                    wide.Bgra[i] = (byte)(128 + (60 * Math.Sin(x * 0.5)) + (60 * Math.Cos((y * 0.4) + (x * 0.1))));
                }
            }
            for (int t = 0; t < Frames; t++)
            {
                Frame frame = new(Width, Height);
                for (int y = 0; y < Height; y++)
                {
                    wide.Bgra.AsSpan(4 * ((y * wide.Width) + (t * step)), 4 * Width).CopyTo(frame.Bgra.AsSpan(4 * y * Width));
                }
                float[] there = new float[2 * Width * Height], back = new float[2 * Width * Height];
                for (int i = 0; i < Width * Height; i++)
                    (there[2 * i], back[2 * i]) = (step, -step);
                yield return new FlowFrame(frame, t == 0 ? null : new FlowPair(there, back));
            }
        }
    }

    /// <summary>Halves the contrast, and adds an amplitude of a sign that changes with every call.</summary>
    private sealed class Flicker(int amplitude) : IFrameTranslator
    {
        private readonly Frame _result = new(Width, Height);
        private int _calls;

        public string Description => "flicker";

        public Frame Translate(Frame source, out Frame fitted)
        {
            fitted = source;
            int shift = _calls++ % 2 == 0 ? amplitude : -amplitude;
            for (int i = 0; i < source.Bgra.Length; i++)
                _result.Bgra[i] = (byte)(64 + (source.Bgra[i] / 2) + shift);
            return _result;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
