using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Reports;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>A translator whose frames the label guard reads, and what is done about those whose labels did not survive.</summary>
/// <remarks>
/// With <see cref="GuardPolicy.Report"/> and <see cref="GuardPolicy.Flag"/> a frame costs the live path its way to the guard's size;
/// with <see cref="GuardPolicy.Passthrough"/> it waits for the verdict. <see cref="FrameStamps.Guarded"/> tells either. No managed bytes.
/// </remarks>
public sealed class GuardedTranslator : IPipelinedTranslator
{
    private readonly IFrameTranslator _translator;
    private readonly IPipelinedTranslator? _pipelined;
    private readonly ILabelGuard _guard;
    private readonly GuardPolicy _policy;
    private readonly int _every;
    private readonly GuardTally _tally;
    private readonly GuardWorker? _worker;
    private long _frames;
    private long _missed;

    /// <summary>Puts a guard behind a translator; both are disposed of with this.</summary>
    /// <param name="translator">The translator.</param>
    /// <param name="guard">The guard; of one thread where it runs beside the live path.</param>
    /// <param name="policy">Not <see cref="GuardPolicy.Off"/>.</param>
    /// <param name="every">Every which frame is judged; 1 with <see cref="GuardPolicy.Passthrough"/>.</param>
    /// <param name="failed">
    /// Called when labels did not survive, with <see cref="GuardPolicy.Flag"/>: on the guard's thread, soon after the frame went out.
    /// </param>
    /// <param name="covered">
    /// Whether the guard was calibrated with the translator's texture and size (<see cref="Core.Bundles.BundleGuardThreshold.Covers"/>).
    /// </param>
    /// <exception cref="EdgeSimException">The policy acts on verdicts, and the guard is not calibrated.</exception>
    public GuardedTranslator(IFrameTranslator translator, ILabelGuard guard, GuardPolicy policy, int every,
        Action<GuardReading>? failed = null, bool covered = true)
    {
        (_translator, _guard, _policy, _every) = (translator, guard, policy, every);
        ArgumentOutOfRangeException.ThrowIfEqual(policy, GuardPolicy.Off);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        if (policy == GuardPolicy.Passthrough)
            ArgumentOutOfRangeException.ThrowIfNotEqual(every, 1);
        _pipelined = translator as IPipelinedTranslator;
        if (policy == GuardPolicy.Passthrough && Depth > 1)
        {
            throw new EdgeSimException("The label guard's passthrough lets every frame wait for its verdict, so none can overlap.",
                "Use latency mode, or another policy.", ExitCode.Usage);
        }
        if (policy != GuardPolicy.Report && guard.Description.Threshold is null)
        {
            throw new EdgeSimException("The model's label guard is not calibrated, so it knows no frame whose labels did not survive.",
                "Calibrate it: edgesim guard calibrate; or only have it report (--guard report).");
        }
        _tally = new GuardTally(guard, covered);
        if (policy == GuardPolicy.Passthrough)
            guard.WarmUp();
        _worker = policy == GuardPolicy.Passthrough ? null : new GuardWorker(guard, _tally, policy == GuardPolicy.Flag ? failed : null);
    }

    /// <inheritdoc/>
    public string Description => _translator.Description;

    /// <inheritdoc/>
    public string Device => _guard.Note.Length == 0 ? _translator.Device : $"{_translator.Device} ({_guard.Note})";

    /// <inheritdoc/>
    public bool NeedsTags => true;

    /// <inheritdoc/>
    public int Depth => _pipelined?.Depth ?? 1;

    /// <summary>Frames that were judged so far; may be read on any thread.</summary>
    public long CheckedFrames => _tally.Checked;

    /// <inheritdoc/>
    public Frame Translate(Frame source, out Frame fitted)
    {
        Frame translated = Judge(_translator.Translate(source, out fitted), fitted);
        source.Stamps.Guarded = FrameStamps.Now;
        return translated;
    }

    /// <summary>The run's figures so far, also of a guard that failed; waits for the frame that it has.</summary>
    /// <remarks>Call it on the thread that translates. <see cref="GuardReport.Failure"/> tells of a guard beside the live path.</remarks>
    public GuardReport Report() => _tally.Report(_policy, _every, _missed, _worker?.Wait()?.Message);

    /// <summary>Throws what ended a guard beside the live path: its last frame's failure has no next frame that would.</summary>
    /// <remarks>Call it on the thread that translates.</remarks>
    /// <exception cref="Exception">What ended the guard.</exception>
    public void ThrowIfFailed() => _worker?.Drain();

    /// <inheritdoc/>
    public void Submit(Frame source) => Pipelined.Submit(source);

    /// <inheritdoc/>
    public Frame Collect(out Frame fitted)
    {
        Frame translated = Judge(Pipelined.Collect(out fitted), fitted);
        fitted.Stamps.Guarded = FrameStamps.Now;
        return translated;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _worker?.Dispose();
        _guard.Dispose();
        _translator.Dispose();
    }

    private IPipelinedTranslator Pipelined =>
        _pipelined ?? throw new InvalidOperationException("The translator has one frame in flight; use Translate.");

    // What goes out: the translated frame, or the simulator's.
    private Frame Judge(Frame translated, Frame fitted)
    {
        if (_frames++ % _every != 0)
            return translated;
        if (_worker is null)
        {
            _guard.Prepare(fitted, translated);
            return _tally.Add(_guard.Read()) ? translated : fitted;
        }
        if (!_worker.TryOffer(fitted, translated))
            _missed++;
        return translated;
    }
}
