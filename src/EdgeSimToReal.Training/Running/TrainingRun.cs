using System.Diagnostics;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Watching;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Running;

/// <summary>Drives a training in a run's folder: checkpoints, validation, pictures, figures, and an end in good order.</summary>
/// <remarks>
/// What is on the disk is always a run that can be resumed: a state is saved after a step's scalars and all its tensors were found
/// finite, and figures that a resumed run will write again are taken away first.
/// </remarks>
public sealed class TrainingRun : IDisposable
{
    private const string ValidationPrefix = "validation/";
    private const string SecondsKey = "run.seconds";
    private const string ConvolutionsKey = "run.convolutions";

    private readonly ITraining _training;
    private readonly RunOptions _options;
    private readonly RunFolder _folder;
    private readonly ConsoleLine _console;
    private readonly CheckpointStore _store;
    private readonly RunGuard _guard;
    private double _secondsBefore;
    private long _started;
    private double _savedAt;
    private string? _lastCheckpoint;

    /// <summary>Takes a folder for a training.</summary>
    /// <param name="training">The training; it stays the caller's.</param>
    /// <param name="options">How the run is kept and watched.</param>
    /// <param name="folder">The run's folder; it is created.</param>
    /// <param name="console">What tells people.</param>
    /// <exception cref="EdgeSimException">An option is out of its range, or another run holds the folder.</exception>
    public TrainingRun(ITraining training, RunOptions options, RunFolder folder, ConsoleLine console)
    {
        options.Validate();
        (_training, _options, _folder, _console) = (training, options, folder, console);
        _guard = new RunGuard(options.Guard);
        _store = new CheckpointStore(folder.Checkpoints, options.KeepCheckpoints);
        _store.Claim();
    }

    /// <summary>Which library computes convolutions: recorded in checkpoints, since another one rounds otherwise; null: not recorded.</summary>
    public string? Convolutions { get; init; }

    private double Seconds => _secondsBefore + Stopwatch.GetElapsedTime(_started).TotalSeconds;

    private long Images => _training.Step * _training.ImagesPerStep;

    /// <summary>Which library computed a checkpoint's last steps; null where it was not recorded.</summary>
    /// <param name="state">A checkpoint of any training.</param>
    public static string? ConvolutionsOf(TrainingState state) => state.Texts.GetValueOrDefault(ConvolutionsKey);

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="state">The checkpoint; it stays the caller's.</param>
    /// <exception cref="EdgeSimException">It belongs to another training, or what teaches has changed since.</exception>
    public void Resume(TrainingState state)
    {
        _training.Resume(state);
        _secondsBefore = state.Numbers.GetValueOrDefault(SecondsKey);
        _lastCheckpoint = state.Source;
    }

    /// <summary>Takes all steps that are left.</summary>
    /// <param name="cancellation">Ends the run after the present step, with a checkpoint.</param>
    /// <returns>Whether all planned steps are done; false after a cancellation.</returns>
    /// <exception cref="EdgeSimException">
    /// The training has diverged or a discriminator has collapsed (<see cref="ExitCode.Diverged"/>; nothing of it was saved), or a file
    /// can't be written.
    /// </exception>
    public bool Run(CancellationToken cancellation)
    {
        AtomicFile.WriteText(_folder.Configuration, _training.Configuration + "\n");
        using MetricsFile metrics = MetricsFile.Open(_folder.Metrics, _training.Step);
        using EventFile events = new(_folder.Events, _training.Step);
        _started = Stopwatch.GetTimestamp();
        _savedAt = Seconds;
        MetricsWindow window = new(Images, Seconds, _training.Waited);
        _console.Begin(_training.Step, Images, Seconds, _training.Waited);
        try
        {
            while (_training.Step < _training.Steps && Advance(window, metrics, events, cancellation))
            {
                // One step a turn.
            }
        }
        finally
        {
            _console.End();
        }
        return _training.Step >= _training.Steps;
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private bool Advance(MetricsWindow window, MetricsFile metrics, EventFile events, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, double> scalars = _training.Advance();
        long step = _training.Step;
        StopIf(_guard.Check(step, scalars));
        window.Add(scalars);
        _console.Step(step, _training.Steps, Images, Seconds, _training.Waited, scalars);

        bool last = step >= _training.Steps, stop = cancellation.IsCancellationRequested && !last;
        ValidationResult? validation = !stop && IsDue(_options.ValidationSteps, step, last) ? _training.Validate() : null;
        if (validation is not null)
        {
            Dictionary<string, double> figures = validation.Scalars.ToDictionary(scalar => ValidationPrefix + scalar.Key, scalar => scalar.Value);
            window.Add(figures);
            _console.Tell(step, figures);
        }
        bool save = stop || last || validation is not null || IsDue(_options.CheckpointSteps, step, last)
            || (_options.CheckpointMinutes > 0 && Seconds - _savedAt >= 60 * _options.CheckpointMinutes);

        // A resumed run begins with an empty window, so one that goes on does so too at every checkpoint.
        if (save || step % _options.MetricsSteps == 0)
        {
            MetricsLine line = window.Close(step, Images, Seconds, _training.Waited);
            metrics.Write(line);
            events.Write(line);
        }
        if (!stop && IsDue(_options.SampleSteps, step, last))
        {
            foreach ((string name, Frame picture) in _training.Samples())
            {
                ImageFile.Write(_folder.Sample(step, name), picture);
                events.Write(step, name, picture);
            }
        }
        if (save)
            Save(validation?.Score);
        return !stop;
    }

    private static bool IsDue(long every, long step, bool last) => every > 0 && (last || step % every == 0);

    private void Save(double? score)
    {
        using TrainingState state = new(_training.Kind, _training.Configuration);
        _training.Save(state);
        state.Numbers[SecondsKey] = Seconds;
        if (Convolutions is not null)
            state.Texts[ConvolutionsKey] = Convolutions;
        StopIf(FirstPoisoned(state) is { } name
            ? $"The training has diverged at step {_training.Step}: '{name}' holds values that are not finite." : null);
        _lastCheckpoint = _store.Save(state, _training.Step, score);
        _savedAt = Seconds;
    }

    // A gradient may be infinite where the loss is not, and then the weights are poisoned before any scalar tells.
    private static string? FirstPoisoned(TrainingState state)
    {
        foreach ((string name, Tensor values) in state.Tensors)
        {
            using IDisposable scope = NewDisposeScope();
            if (values.is_floating_point() && !values.isfinite().all().item<bool>())
                return name;
        }
        return null;
    }

    private void StopIf(string? reason)
    {
        if (reason is null)
            return;
        throw new EdgeSimException(reason, _lastCheckpoint is null ? "No checkpoint was written before it."
            : $"The last good checkpoint is '{_lastCheckpoint}'.", ExitCode.Diverged);
    }
}
