using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>Counts what the guard read in a run: figures over the last frames, verdicts over all. One thread; allocates nothing.</summary>
/// <param name="guard">The guard.</param>
/// <param name="covered">Whether the guard was calibrated for such frames.</param>
internal sealed class GuardTally(ILabelGuard guard, bool covered)
{
    /// <summary>Frames that rolling figures are over.</summary>
    public const int Window = 100;

    // Numbers of failed frames that a report lists: enough to look at, in fixed memory.
    private const int MaxListed = 1000;

    private readonly (ConfusionMatrix Translated, ConfusionMatrix Untranslated)[] _last = [.. Enumerable.Range(0, Window)
        .Select(_ => (new ConfusionMatrix(guard.Space.Count), new ConfusionMatrix(guard.Space.Count)))];
    private readonly ConfusionMatrix _translated = new(guard.Space.Count);
    private readonly ConfusionMatrix _untranslated = new(guard.Space.Count);
    private readonly ulong[] _failed = new ulong[MaxListed];
    private readonly BundleGuardThreshold? _threshold = guard.Description.Threshold;
    private long _checked;
    private long _failures;
    private long _unreadable;
    private long _changedObjects;
    private double _leastScore = double.PositiveInfinity;

    /// <summary>Readings that were counted; may be read on any thread.</summary>
    public long Checked => Volatile.Read(ref _checked);

    /// <summary>Counts the guard's last reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <returns>Whether the labels survived; always true without a threshold.</returns>
    public bool Add(in GuardReading reading)
    {
        (ConfusionMatrix translated, ConfusionMatrix untranslated) = _last[_checked % Window];
        // The matrices that make room were added a window ago, or are empty.
        Replace(translated, guard.Confusion, _translated);
        Replace(untranslated, guard.UntranslatedConfusion, _untranslated);
        Volatile.Write(ref _checked, _checked + 1);
        if (!reading.IsReadable)
            _unreadable++;
        if (reading.ChangesObjects)
            _changedObjects++;
        if (_threshold is not { } threshold)
            return true;
        if (reading.IsReadable)
            _leastScore = Math.Min(_leastScore, reading.Score(threshold));
        if (reading.Passes(threshold))
            return true;
        if (_failures < MaxListed)
            _failed[_failures] = reading.Frame;
        _failures++;
        return false;
    }

    /// <summary>The run's figures.</summary>
    /// <param name="policy">What is done about failed frames.</param>
    /// <param name="every">Which frames are judged.</param>
    /// <param name="missed">Frames whose turn it was while the guard was busy.</param>
    /// <param name="failure">What ended the guard; null where nothing did.</param>
    public GuardReport Report(GuardPolicy policy, int every, long missed, string? failure) => new()
    {
        Policy = policy switch { GuardPolicy.Report => "report", GuardPolicy.Flag => "flag", _ => "passthrough" },
        Every = every,
        CheckedFrames = _checked,
        MissedFrames = missed,
        UnreadableFrames = _unreadable,
        ChangedObjectFrames = _changedObjects,
        Window = (int)Math.Min(_checked, Window),
        MeanIoU = Finite(_translated.MeanIoU()),
        UntranslatedMeanIoU = Finite(_untranslated.MeanIoU()),
        ClassIoU = guard.Space.Classes.Where(c => !double.IsNaN(_translated.IoU(c.Id)))
            .ToDictionary(c => c.Name, c => _translated.IoU(c.Id)),
        Threshold = _threshold?.Score,
        FalseAlarmRate = covered ? _threshold?.FalseAlarmRate : null,
        Failure = failure,
        LeastScore = Finite(_leastScore),
        Flagged = _failures,
        PassedThrough = policy == GuardPolicy.Passthrough ? _failures : 0,
        FlaggedFrames = [.. _failed.Take((int)Math.Min(_failures, MaxListed))],
    };

    private static void Replace(ConfusionMatrix slot, ConfusionMatrix next, ConfusionMatrix sum)
    {
        sum.Subtract(slot);
        slot.Clear();
        slot.Add(next);
        sum.Add(next);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
