using System.Text.Json;
using EdgeSimToReal.Training.Running;

namespace EdgeSimToReal.Trainer.Tests.Support;

/// <summary>A tiny segmenter's run on drawings: a configuration file, and what lies in the run's folder.</summary>
internal sealed class SegmenterRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SegmenterRun(int steps)
    {
        Drawings.Write(_folder["train"], 6, 1);
        Drawings.Write(_folder["val"], 2, 2);
        File.WriteAllText(Config, JsonSerializer.Serialize(new
        {
            training = new[] { new { path = _folder["train"], space = "shared10", licence = "none" } },
            validation = new[] { new { path = _folder["val"], space = "shared10" } },
            width = 2,
            cropHeight = 32,
            cropWidth = 32,
            batchSize = 2,
            steps,
            run = new { device = "cpu", precision = "fp32", checkpointSteps = 7, validationSteps = 20, sampleSteps = 40, metricsSteps = 1 },
        }));
    }

    public string Config => _folder["config.json"];

    public string this[string name] => _folder[name];

    public RunFolder Folder(string name) => new(_folder[name]);

    public string[] Start(string name, params string[] more) =>
        ["segmenter", "--preset", "small-data", "--config", Config, "-o", _folder[name], .. more];

    public string[] Resume(string name, params string[] more) => ["segmenter", "--resume", "-o", _folder[name], .. more];

    /// <summary>Step and loss of each line.</summary>
    public List<(long Step, double Loss)> Losses(string name) =>
    [
        .. File.ReadLines(Folder(name).Metrics).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (line.GetProperty("step").GetInt64(), line.GetProperty("loss/semantic").GetDouble())),
    ];

    public byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(Folder(name).Weights, "segmenter.safetensors"));

    /// <summary>Lines of figures that a run at work has written; 0 before the first.</summary>
    public int LinesOf(string name)
    {
        if (!File.Exists(Folder(name).Metrics))
            return 0;
        using FileStream stream = new(Folder(name).Metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Count(character => character == '\n');
    }

    public void Dispose() => _folder.Dispose();
}
