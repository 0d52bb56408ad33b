using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Evaluation.Guarding;
using EdgeSimToReal.Runtime.Guard;

namespace EdgeSimToReal.Evaluation.Tests.Guarding;

/// <summary>The threshold keeps its promise on frames that it has not seen.</summary>
public sealed class GuardCalibrationTests
{
    [Theory]
    [InlineData(0.01, 200)]
    [InlineData(0.05, 200)]
    [InlineData(0.05, 39)]
    [InlineData(0.2, 60)]
    public void HeldOutGoodFrames_FailNoMoreOftenThanAsked(double rate, int frames)
    {
        // Over many calibrations: one alone may be lucky or not.
        Random random = new(7);
        long failed = 0;
        const int calibrations = 200, heldOut = 500;
        for (int i = 0; i < calibrations; i++)
        {
            BundleGuardThreshold threshold = GuardCalibration.Calibrate(Readings(random, frames), rate, "none", 64, 32);
            Assert.Equal((rate, frames, 64, 32), (threshold.FalseAlarmRate, threshold.Frames, threshold.Width, threshold.Height));
            failed += Readings(random, heldOut).Count(reading => !reading.Passes(threshold));
        }
        double share = (double)failed / (calibrations * heldOut);
        // k / (n + 1) at most; and not far below, or the guard would be blind.
        int judged = (frames + 1) / 2;
        double aim = Math.Floor(rate * (judged + 1)) / (judged + 1);
        Assert.InRange(share, aim * 0.7, rate * 1.1);
    }

    [Fact]
    public void EachMeasureAlone_WouldFailAboutAsManyFrames()
    {
        List<GuardReading> readings = Readings(new Random(1), 2000);
        BundleGuardThreshold threshold = GuardCalibration.Calibrate(readings, 0.02, "a, b", 64, 32);
        Assert.Equal(readings.Average(reading => reading.Kept), threshold.Kept.Mean, 0.1);
        foreach (int failed in new[]
        {
            readings.Count(reading => threshold.Alignment.Score(reading.Alignment) < -1),
            readings.Count(reading => threshold.Kept.Score(reading.Kept) < -1),
            readings.Count(reading => threshold.Objects!.Score(reading.ObjectsKept) < -1),
        })
        {
            Assert.InRange(failed, 20, 60); // 40, as asked
        }
        Assert.InRange(threshold.Score, -2, -1);
        Assert.InRange(readings.Count(reading => !reading.Passes(threshold)), 20, 60);
    }

    [Fact]
    public void TooFewFrames_AreRefused_WithTheNumberThatIsNeeded()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(
            () => GuardCalibration.Calibrate(Readings(new Random(1), 196), 0.01, "none", 64, 32));
        Assert.Contains("196 labelled frames are too few for a false-alarm rate of 0.01", error.Message);
        Assert.Contains("at least 197", error.Message);
        Assert.Equal(197, GuardCalibration.Calibrate(Readings(new Random(1), 197), 0.01, "none", 64, 32).Frames);
    }

    [Fact]
    public void UnreadableFrames_DoNotCount()
    {
        List<GuardReading> readings = Readings(new Random(1), 50);
        BundleGuardThreshold expected = GuardCalibration.Calibrate(readings, 0.1, "none", 64, 32);
        readings.Insert(7, new GuardReading(0, 1, 1, double.NaN, double.NaN, double.NaN, 0));
        Assert.Equal(expected, GuardCalibration.Calibrate(readings, 0.1, "none", 64, 32));
    }

    [Fact]
    public void FramesThatAreAllAlike_StillGiveAThresholdThatTheyPass()
    {
        GuardReading reading = new(0, 0.5, 0.5, -1, -1.5, -2, 0);
        BundleGuardThreshold threshold = GuardCalibration.Calibrate([.. Enumerable.Repeat(reading, 40)], 0.05, "none", 64, 32);
        Assert.True(reading.Passes(threshold));
        Assert.False((reading with { Likelihood = -1.1 }).Passes(threshold));
        // Where no object was seen, a trace of one is no failure.
        Assert.Equal(0.01, threshold.Objects!.Deviation);
    }

    // Skewed, as measured ones are: rare bad frames among many good ones.
    private static List<GuardReading> Readings(Random random, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        double untranslated = -1 - random.NextDouble(), likelihood = untranslated + Math.Log(1 - (0.9 * random.NextDouble()));
        return new GuardReading((ulong)i, 0.5, 0.6, likelihood, untranslated, likelihood - 0.3 - (0.2 * random.NextDouble()),
            -0.2 * Math.Pow(random.NextDouble(), 3));
    })];
}
