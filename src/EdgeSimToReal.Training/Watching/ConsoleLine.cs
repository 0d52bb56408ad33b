using System.Globalization;

namespace EdgeSimToReal.Training.Watching;

/// <summary>Tells people how a run goes: a line that is written over on a terminal, a plain line now and then elsewhere.</summary>
public sealed class ConsoleLine
{
    private const int MostLosses = 8;
    private static readonly string[] LossPrefixes = ["loss/", "g/", "d/"];

    private const string Erase = "\r\u001b[K";

    private readonly TextWriter _writer;
    private readonly bool _isTerminal;
    private readonly int _width;
    private readonly double _period;
    private MetricsWindow? _window;
    private double _begin;
    private double _last;
    private long _first;

    /// <summary>Creates the line; nothing is written yet.</summary>
    /// <param name="writer">Standard error, as a rule.</param>
    /// <param name="isTerminal">Whether a line can be written over.</param>
    /// <param name="period">Seconds between two plain lines; on a terminal the line changes twice a second.</param>
    /// <param name="width">Characters that fit into a terminal's line: one that is broken can't be written over.</param>
    public ConsoleLine(TextWriter writer, bool isTerminal, double period, int width = int.MaxValue) =>
        (_writer, _isTerminal, _period, _width) = (writer, isTerminal, isTerminal ? 0.5 : period, Math.Max(1, width - 1));

    /// <summary>Begins to measure.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="images">Images so far.</param>
    /// <param name="seconds">Wall time so far.</param>
    /// <param name="waited">Time spent waiting for data so far.</param>
    public void Begin(long step, long images, double seconds, TimeSpan waited)
    {
        _window = new MetricsWindow(images, seconds, waited);
        (_first, _begin, _last) = (step, seconds, seconds);
    }

    /// <summary>Takes a step, and writes where it is time.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">Steps planned.</param>
    /// <param name="images">Images so far.</param>
    /// <param name="seconds">Wall time so far.</param>
    /// <param name="waited">Time spent waiting for data so far.</param>
    /// <param name="scalars">What the step returned.</param>
    public void Step(long step, long steps, long images, double seconds, TimeSpan waited, IReadOnlyDictionary<string, double> scalars)
    {
        _window!.Add(scalars);
        if (seconds - _last < _period && step < steps)
            return;
        _last = seconds;
        MetricsLine line = _window.Close(step, images, seconds, waited);
        TimeSpan left = TimeSpan.FromSeconds((steps - step) * (seconds - _begin) / Math.Max(1, step - _first));
        IEnumerable<string> losses = LossPrefixes
            .SelectMany(prefix => line.Scalars.Where(scalar => scalar.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .Take(MostLosses).Select(scalar => Describe(scalar.Key, scalar.Value));
        Write(string.Create(CultureInfo.InvariantCulture, $"step {step} of {steps}, {line.ImagesPerSecond:G3} images/s, "
            + $"{line.Waiting * 100:F0} % waiting, {Describe(left)} left: {string.Join(", ", losses)}"), stays: false);
    }

    /// <summary>Writes figures that stay, such as a validation's; single classes' ("validation/iou/road") are for the files.</summary>
    /// <param name="step">The step they belong to.</param>
    /// <param name="scalars">Values by name.</param>
    public void Tell(long step, IReadOnlyDictionary<string, double> scalars)
    {
        IEnumerable<string> figures = scalars.Where(scalar => scalar.Key.Count(character => character == '/') < 2)
            .Select(scalar => Describe(scalar.Key, scalar.Value));
        Write($"step {step}: {string.Join(", ", figures)}", stays: true);
    }

    /// <summary>Takes the line off the terminal, so that others may write.</summary>
    public void End()
    {
        if (_isTerminal)
            _writer.Write(Erase);
    }

    private void Write(string text, bool stays)
    {
        if (!_isTerminal)
            _writer.WriteLine(text);
        else
            _writer.Write(stays ? $"{Erase}{text}\n" : Erase + text[..Math.Min(text.Length, _width)]);
    }

    private static string Describe(string name, double value) => $"{name} {value.ToString("G4", CultureInfo.InvariantCulture)}";

    private static string Describe(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:F1} days"),
        { TotalHours: >= 1 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{time.Seconds} s",
    };
}
