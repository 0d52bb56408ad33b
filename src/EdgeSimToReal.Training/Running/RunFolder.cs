namespace EdgeSimToReal.Training.Running;

/// <summary>Where the parts of a run lie.</summary>
/// <param name="Path">The run's folder.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>The resolved configuration: every key, defaults included.</summary>
    public string Configuration => System.IO.Path.Combine(Path, "config.json");

    /// <summary>The checkpoints' folder.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>The figures, one JSON object a line.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>TensorBoard's folder.</summary>
    public string Events => System.IO.Path.Combine(Path, "events");

    /// <summary>The pictures' folder.</summary>
    public string Samples => System.IO.Path.Combine(Path, "samples");

    /// <summary>The folder of the finished run's weights.</summary>
    public string Weights => System.IO.Path.Combine(Path, "weights");

    /// <summary>The file of a picture: "step-000001000.png", or with the name appended where that is not "samples".</summary>
    /// <param name="step">The step that it shows.</param>
    /// <param name="name">The picture's name.</param>
    public string Sample(long step, string name) => System.IO.Path.Combine(Samples,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"step-{step:D9}{(name == "samples" ? "" : "-" + name)}.png"));
}
