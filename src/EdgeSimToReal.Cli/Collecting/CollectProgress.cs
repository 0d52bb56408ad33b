using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>How far a collection is; read by other threads while it runs.</summary>
public sealed class CollectProgress
{
    private readonly long[] _verdicts = new long[Enum.GetValues<FrameVerdict>().Length];
    private long _incomplete;

    /// <summary>Frames kept by this run.</summary>
    public long Kept => Of(FrameVerdict.Kept);

    /// <summary>Frames that were judged.</summary>
    public long Judged => _verdicts.Sum();

    /// <summary>Frames left out because their depth or instances did not come.</summary>
    public long Incomplete => Volatile.Read(ref _incomplete);

    /// <summary>Frames lost or without partner of their number, in all cameras of this run.</summary>
    public long Lost { get; set; }

    /// <summary>Frames of which the simulator sent only one of colour and tags; they are never written.</summary>
    public long Unpaired { get; set; }

    /// <summary>How often the simulator was gone and came back.</summary>
    public long Reconnects { get; set; }

    /// <summary>Frames with a verdict.</summary>
    public long Of(FrameVerdict verdict) => Volatile.Read(ref _verdicts[(int)verdict]);

    /// <summary>The reasons for which frames were rejected, for people.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"rejected: {Of(FrameVerdict.LittleTraffic)} little traffic, {Of(FrameVerdict.NearDuplicate)} near-duplicate, "
        + $"{Of(FrameVerdict.Degenerate)} degenerate{(Incomplete > 0 ? $", {Incomplete} incomplete" : "")}");

    internal void Count(FrameVerdict verdict) => Interlocked.Increment(ref _verdicts[(int)verdict]);

    internal void CountIncomplete() => Interlocked.Increment(ref _incomplete);
}
