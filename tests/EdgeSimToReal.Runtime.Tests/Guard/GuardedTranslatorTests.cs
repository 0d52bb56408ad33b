using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Latency;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Tests.Live;
using EdgeSimToReal.Runtime.Tests.Support;

namespace EdgeSimToReal.Runtime.Tests.Guard;

/// <summary>What each policy does about frames whose labels did not survive; the translator moves every third frame's vehicle.</summary>
public sealed class GuardedTranslatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Frame _street = GuardedModels.Street();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Passthrough_SendsTheSimulatorsFrame_WhereTheVerdictFails()
    {
        using GuardedTranslator translator = Guarded(GuardPolicy.Passthrough, 1);
        Assert.True(translator.NeedsTags);
        for (int i = 0; i < 9; i++)
        {
            _street.Id = (ulong)(100 + i);
            Frame result = translator.Translate(_street, out Frame fitted);
            Assert.Same(_street, fitted);
            Assert.Equal(i % 3 == 2, ReferenceEquals(result, _street));
            Assert.True(_street.Stamps.Guarded >= _street.Stamps.Finished && _street.Stamps.Finished > 0);
        }
        GuardReport report = translator.Report();
        Assert.Equal(("passthrough", 1, 9, 0), (report.Policy, report.Every, report.CheckedFrames, report.MissedFrames));
        Assert.Equal((3, 3), (report.Flagged, report.PassedThrough));
        Assert.Equal([102, 105, 108], report.FlaggedFrames);
        Assert.Equal((-1, 0.01, 9), (report.Threshold, report.FalseAlarmRate, report.Window));
        Assert.True(report.LeastScore < -1);
        // A third of the frames lost the vehicle, and took as much road for it.
        Assert.Equal(1, report.UntranslatedMeanIoU);
        Assert.Equal(2 * 120 / (double)((3 * 120) + 120), report.ClassIoU["vehicle"], 1e-9);
        Assert.Equal(["road", "sky", "vehicle"], report.ClassIoU.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FramesThatLostAnObject_AreCounted_WhateverTheVerdict()
    {
        using LabelGuard guard = new(GuardedModels.Bundle(_folder["counted"], GuardedModels.Threshold()), 1);
        GuardTally tally = new(guard, covered: true);
        GuardReading good = new(1, 1, 1, -1, -1, -2, -0.49);
        Assert.True(tally.Add(good));
        Assert.True(tally.Add(good with { Frame = 2, ObjectsKept = -0.51 }));
        Assert.Equal((1, 0), (tally.Report(GuardPolicy.Report, 1, 0, null).ChangedObjectFrames, tally.Report(GuardPolicy.Report, 1, 0, null).Flagged));
    }

    [Theory]
    [InlineData(GuardPolicy.Report, 1)]
    [InlineData(GuardPolicy.Report, 4)]
    [InlineData(GuardPolicy.Flag, 3)]
    public void OtherPolicies_LetEveryFrameOut_AndJudgeEveryKth(GuardPolicy policy, int every)
    {
        List<ulong> told = [];
        using GuardedTranslator translator = Guarded(policy, every, reading => told.Add(reading.Frame), firstMoved: 0);
        const int frames = 12;
        for (int i = 0; i < frames; i++)
        {
            _street.Id = (ulong)i;
            Assert.NotSame(_street, translator.Translate(_street, out _));
            translator.Report(); // waits for the guard, so that none is missed
        }
        GuardReport report = translator.Report();
        Assert.Equal((frames / every, 0, 0), (report.CheckedFrames, report.MissedFrames, report.PassedThrough));
        ulong[] failed = [.. Enumerable.Range(0, frames).Where(i => i % every == 0 && i % 3 == 0).Select(i => (ulong)i)];
        Assert.Equal(failed, report.FlaggedFrames);
        Assert.Equal(failed.Length, report.Flagged);
        Assert.Equal(policy == GuardPolicy.Flag ? failed : [], told);
    }

    [Fact]
    public void BusyGuard_LetsFramesGo_AndNeverKeepsTheLivePathWaiting()
    {
        using ManualResetEventSlim hold = new(false);
        using GuardedTranslator translator =
            Guarded(GuardPolicy.Flag, 1, _ => hold.Wait(TestContext.Current.CancellationToken), firstMoved: 0);
        for (int i = 0; i < 20; i++)
            translator.Translate(_street, out _); // the first one fails and is held
        hold.Set();
        GuardReport report = translator.Report();
        Assert.Equal((20, 1), (report.CheckedFrames + report.MissedFrames, report.CheckedFrames));
    }

    [Fact]
    public void RollingFigures_AreOverTheLastHundred()
    {
        using GuardedTranslator translator = Guarded(GuardPolicy.Passthrough, 1, firstMoved: 0, lastMoved: 30);
        for (int i = 0; i < 131; i++)
            translator.Translate(_street, out _);
        GuardReport report = translator.Report();
        Assert.Equal((131, 100, 1), (report.CheckedFrames, report.Window, report.MeanIoU));
        Assert.Equal(11, report.Flagged); // 0, 3, … 30: all out of the window
    }

    [Fact]
    public void GuardThatIsNotCalibrated_Reports_ButActsOnNothing()
    {
        LabelGuard Uncalibrated() => new(GuardedModels.Bundle(_folder["uncalibrated"]), 1);
        foreach (GuardPolicy policy in new[] { GuardPolicy.Flag, GuardPolicy.Passthrough })
        {
            using LabelGuard guard = Uncalibrated();
            using PassThroughTranslator inner = new();
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => new GuardedTranslator(inner, guard, policy, 1));
            Assert.Contains("not calibrated", error.Message);
            Assert.Contains("guard calibrate", error.Message);
        }
        using GuardedTranslator translator = new(new StreetTranslator(0, int.MaxValue), Uncalibrated(), GuardPolicy.Report, 1);
        translator.Translate(_street, out _);
        GuardReport report = translator.Report();
        Assert.Equal((1, 0, null), (report.CheckedFrames, report.Flagged, report.Threshold));
        Assert.True(report.MeanIoU < 1);
    }

    [Fact]
    public void FrameWithoutTags_IsRefused()
    {
        using GuardedTranslator translator = Guarded(GuardPolicy.Passthrough, 1);
        Assert.Contains("has none", Assert.Throws<EdgeSimException>(
            () => translator.Translate(TestModels.Frame(GuardedModels.Width, GuardedModels.Height), out _)).Message);
    }

    // The run's figures are wanted all the more when the guard failed in its midst.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void GuardThatFails_StillReports_AndIsTold(int failsAt)
    {
        FailingGuard guard = new(new LabelGuard(GuardedModels.Bundle(_folder["bundle"], GuardedModels.Threshold()), 1), failsAt);
        using GuardedTranslator translator = new(new StreetTranslator(2, int.MaxValue), guard, GuardPolicy.Report, 1);
        for (int i = 0; i < failsAt; i++)
        {
            Assert.Null(translator.Report().Failure);
            translator.ThrowIfFailed();
            translator.Translate(_street, out _);
        }
        GuardReport report = translator.Report();
        Assert.Equal((failsAt - 1, FailingGuard.Why), (report.CheckedFrames, report.Failure));
        Assert.Contains(FailingGuard.Why, LatencyReportJson.Write(Latency(report)));
        Assert.Equal(FailingGuard.Why, Assert.Throws<InvalidOperationException>(translator.ThrowIfFailed).Message);
        Assert.Equal(FailingGuard.Why, Assert.Throws<InvalidOperationException>(() => translator.Translate(_street, out _)).Message);
    }

    [Fact]
    public void FramesThatTheGuardWasNotCalibratedFor_HaveNoFalseAlarmRate()
    {
        LabelGuard guard = new(GuardedModels.Bundle(_folder["bundle"], GuardedModels.Threshold()), 1);
        using GuardedTranslator translator = new(new StreetTranslator(0, int.MaxValue), guard, GuardPolicy.Report, 1, covered: false);
        translator.Translate(_street, out _);
        GuardReport report = translator.Report();
        Assert.Equal((-1, null, 1), (report.Threshold, report.FalseAlarmRate, report.Flagged));
        BundleGuardThreshold threshold = GuardedModels.Threshold() with { Texture = "day, dusk", Width = 512, Height = 256 };
        Assert.True(threshold.Covers("day", 512, 256) && threshold.Covers("dusk", 512, 256) && threshold.Covers("day, dusk", 512, 256));
        Assert.False(threshold.Covers("day", 256, 512) || threshold.Covers("night", 512, 256) || threshold.Covers("day + dusk", 512, 256));
    }

    [Fact]
    public void PipelineAndReport_HaveTheGuardAsAStageOfItsOwn()
    {
        using GuardedTranslator translator = Guarded(GuardPolicy.Passthrough, 1);
        using MemorySource source = new(12, _street);
        using MemorySink sink = new(100);
        LatencyRecorder recorder = new(0);
        new FramePipeline(source, translator, sink, recorder).Run(0, CancellationToken.None);
        Assert.Equal((12, 12, 12), (sink.Count, recorder[LatencyStage.Guard].Count, recorder[LatencyStage.Sink].Count));
        Assert.True(recorder[LatencyStage.Guard].Min > 0);
        LatencyReport report = LatencyReport.Create(recorder, source, "nothing", translator.Description, "", translator.Report());
        string json = LatencyReportJson.Write(report);
        Assert.Contains("\"checkedFrames\": 12", json);
        Assert.Contains("\"passedThrough\": 4", json);
        Assert.Contains("\"vehicle\": ", json);
    }

    private GuardedTranslator Guarded(GuardPolicy policy, int every, Action<GuardReading>? failed = null, int firstMoved = 2,
        int lastMoved = int.MaxValue)
    {
        LabelGuard guard = new(GuardedModels.Bundle(_folder["bundle"], GuardedModels.Threshold()), 1);
        return new GuardedTranslator(new StreetTranslator(firstMoved, lastMoved), guard, policy, every, failed);
    }

    private LatencyReport Latency(GuardReport guard)
    {
        using MemorySource source = new(1, _street);
        return LatencyReport.Create(new LatencyRecorder(0), source, "nothing", "street", "", guard);
    }

    /// <summary>Fails at a reading.</summary>
    private sealed class FailingGuard(ILabelGuard guard, int failsAt) : ILabelGuard
    {
        public const string Why = "The device is lost.";

        private int _count;

        public BundleGuard Description => guard.Description;

        public LabelSpace Space => guard.Space;

        public ConfusionMatrix Confusion => guard.Confusion;

        public ConfusionMatrix UntranslatedConfusion => guard.UntranslatedConfusion;

        public void WarmUp() => guard.WarmUp();

        public void Prepare(Frame source, Frame translated) => guard.Prepare(source, translated);

        public GuardReading Read() => ++_count == failsAt ? throw new InvalidOperationException(Why) : guard.Read();

        public void Dispose() => guard.Dispose();
    }

    /// <summary>Gives the street back, with the vehicle elsewhere in every third frame from the first to the last that is moved.</summary>
    private sealed class StreetTranslator(int firstMoved, int lastMoved) : IFrameTranslator
    {
        private readonly Frame _kept = GuardedModels.Street(), _moved = GuardedModels.Street(vehicleAt: 40);
        private int _count;

        public string Description => "street";

        public Frame Translate(Frame source, out Frame fitted)
        {
            fitted = source;
            int index = _count++;
            Frame result = index >= firstMoved && index <= lastMoved && (index - firstMoved) % 3 == 0 ? _moved : _kept;
            long now = FrameStamps.Now;
            (source.Stamps.Taken, source.Stamps.Prepared, source.Stamps.Inferred, source.Stamps.Finished) = (now, now, now, now);
            result.CopyIdentityFrom(source);
            return result;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
