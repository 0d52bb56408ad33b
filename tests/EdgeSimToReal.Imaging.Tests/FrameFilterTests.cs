using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Imaging.Tests;

public sealed class FrameFilterTests
{
    private const byte Road = 1, Sky = 11, Car = 14, Building = 3;

    private readonly FrameFilter _filter = new(new FrameFilterOptions { MinTraffic = 0.1, MaxClass = 0.8, MinDistance = 8 });

    [Fact]
    public void AFrameWithoutTraffic_IsRejected_WhateverTheTagsVersion()
    {
        Assert.Equal(FrameVerdict.LittleTraffic, Judge(Frame(1, (Road, 50), (Sky, 45), (Car, 5)), out double traffic));
        Assert.Equal(0.05, traffic, 9);
        Frame old = Frame(2, (7, 50), (13, 38), (10, 6), (4, 6)); // road, sky, vehicles, pedestrian
        old.TagSpace = LabelSpaces.Carla23;
        Assert.Equal(FrameVerdict.Kept, Judge(old, out traffic));
        Assert.Equal(0.12, traffic, 9);
    }

    [Fact]
    public void ACameraInsideSomething_IsRejected_ButTheSkyMayFillThePicture()
    {
        Assert.Equal(FrameVerdict.Degenerate, Judge(Frame(1, (Building, 85), (Car, 15)), out _));
        Assert.Equal(FrameVerdict.Degenerate, Judge(Frame(1, (0, 85), (Car, 15)), out _)); // unlabelled
        Assert.Equal(FrameVerdict.Kept, Judge(Frame(1, (Sky, 85), (Car, 15)), out _));
        float[] near = [.. Enumerable.Range(0, 100 * 50).Select(i => i < 2600 ? 0.2f : 30f)];
        Assert.Equal(FrameVerdict.Degenerate, _filter.Judge(Frame(2, (Sky, 50), (Car, 50)), near, "b", out _, out _));
    }

    [Fact]
    public void ANearDuplicate_IsRejected_WithinItsGroup_AndAfterAResume()
    {
        Frame frame = Frame(5, (Road, 50), (Car, 50));
        Assert.Equal(FrameVerdict.Kept, _filter.Judge(frame, [], "a", out _, out ulong hash));
        Assert.Equal(FrameVerdict.NearDuplicate, _filter.Judge(frame, [], "a", out _, out _));
        Assert.Equal(FrameVerdict.Kept, _filter.Judge(frame, [], "b", out _, out _));
        FrameFilter resumed = new(new FrameFilterOptions());
        resumed.Remember("a", hash);
        Assert.Equal(FrameVerdict.NearDuplicate, resumed.Judge(frame, [], "a", out _, out _));
        Assert.Equal(FrameVerdict.Kept, resumed.Judge(Frame(6, (Road, 50), (Car, 50)), [], "a", out _, out _));
    }

    private FrameVerdict Judge(Frame frame, out double traffic) => _filter.Judge(frame, [], "a", out traffic, out _);

    /// <summary>100x50 pixels of noise, with columns of tags.</summary>
    private static Frame Frame(int seed, params (byte Tag, int Columns)[] tags)
    {
        Frame frame = TestFrames.Noise(100, 50, seed, LabelSpaces.Carla29);
        byte[] row = [.. tags.SelectMany(one => Enumerable.Repeat(one.Tag, one.Columns))];
        for (int y = 0; y < 50; y++)
            row.CopyTo(frame.Tags, y * 100);
        return frame;
    }
}
