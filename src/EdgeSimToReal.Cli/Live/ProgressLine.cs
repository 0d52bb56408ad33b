using System.Diagnostics;

namespace EdgeSimToReal.Cli.Live;

/// <summary>One line on standard error that tells how far a run is; quiet where standard error is no terminal.</summary>
/// <remarks>It ticks twice a second on a timer's thread and costs the frame's path nothing.</remarks>
public sealed class ProgressLine : IDisposable
{
    private readonly Timer? _timer;
    private readonly Func<long> _frames;
    private readonly Func<long>? _dropped;
    private readonly Func<string>? _detail;
    private readonly Func<long?> _total;
    private readonly long _start = Stopwatch.GetTimestamp();

    public ProgressLine(Func<long> frames, Func<long?> total, Func<long>? dropped = null, Func<string>? detail = null)
    {
        (_frames, _total, _dropped, _detail) = (frames, total, dropped, detail);
        if (!System.Console.IsErrorRedirected)
            _timer = new Timer(_ => Print(), null, 500, 500);
    }

    public void Dispose()
    {
        if (_timer is null)
            return;
        using ManualResetEvent stopped = new(false);
        _timer.Dispose(stopped);
        stopped.WaitOne();
        System.Console.Error.Write("\r\u001b[K");
    }

    private void Print()
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        long frames = _frames();
        string left = _total() is { } total && frames > 0 ? $" of {total}, {(total - frames) * seconds / frames:F0} s left" : "";
        string dropped = _dropped is null ? "" : $", {_dropped()} dropped";
        string detail = _detail is null ? "" : $", {_detail()}";
        System.Console.Error.Write($"\r\u001b[K{frames} frames{left}, {frames / seconds:F1}/s{dropped}{detail}");
    }
}
