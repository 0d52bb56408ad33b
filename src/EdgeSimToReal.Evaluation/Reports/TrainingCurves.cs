using System.Text.Json;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>A training run's figures over its steps, as its metrics.jsonl holds them.</summary>
public sealed class TrainingCurves
{
    /// <summary>What the figures of validation begin with.</summary>
    public const string Validation = "validation/";

    /// <summary>What a class's validation IoU begins with.</summary>
    public const string ClassIoU = Validation + "iou/";

    private readonly Dictionary<string, List<(long Step, double Value)>> _curves = new(StringComparer.Ordinal);

    /// <summary>Reads a run's figures.</summary>
    /// <param name="path">A metrics.jsonl: a JSON object a line with "step" and figures by name.</param>
    /// <exception cref="EdgeSimException">It can't be read, or a line is no such object.</exception>
    public TrainingCurves(string path)
    {
        int number = 0;
        try
        {
            foreach (string text in File.ReadLines(path))
            {
                number++;
                using JsonDocument line = JsonDocument.Parse(text);
                long step = line.RootElement.GetProperty("step").GetInt64();
                foreach (JsonProperty figure in line.RootElement.EnumerateObject())
                {
                    // Figures that are not finite stand as null.
                    if (figure.Name == "step" || figure.Value.ValueKind != JsonValueKind.Number)
                        continue;
                    if (!_curves.TryGetValue(figure.Name, out List<(long, double)>? curve))
                        _curves.Add(figure.Name, curve = []);
                    curve.Add((step, figure.Value.GetDouble()));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read '{path}': {error.Message.TrimEnd('.')}.", "Give a run's metrics.jsonl.",
                ExitCode.BadInput, error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new EdgeSimException($"Line {number} of '{path}' holds no step with its figures.",
                "It is not a run's metrics.jsonl, or it is damaged: resume the run, which writes it again.", ExitCode.BadInput, error);
        }
    }

    /// <summary>The figures' names, in order of their first appearance.</summary>
    public IReadOnlyCollection<string> Names => _curves.Keys;

    /// <summary>A figure over the steps.</summary>
    /// <param name="name">One of <see cref="Names"/>; others have no points.</param>
    public IReadOnlyList<(long Step, double Value)> this[string name] => _curves.GetValueOrDefault(name) ?? [];

    /// <summary>The step of the best validation mIoU and all that was validated there; null where nothing was.</summary>
    public (long Step, IReadOnlyDictionary<string, double> Figures)? Best()
    {
        if (this[Validation + "miou"] is not { Count: > 0 } scores)
            return null;
        long best = scores.MaxBy(point => point.Value).Step;
        return (best, Names.Where(name => name.StartsWith(Validation, StringComparison.Ordinal))
            .SelectMany(name => this[name].Where(point => point.Step == best).Select(point => (name, point.Value)))
            .ToDictionary(figure => figure.name, figure => figure.Value, StringComparer.Ordinal));
    }
}
