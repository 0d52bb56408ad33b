using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation;
using EdgeSimToReal.Evaluation.Downstream;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Cli.Training;

/// <summary>
/// Trains segmenters on raw and on translated simulator frames and has them read real photographs: what translation is worth to somebody
/// who trains with it (chapter 1 of the LC-SAE report).
/// </summary>
/// <remarks>
/// Everything is kept in a folder: "raw" and "translated" (labelled folders), "runs" (a training each) and "settings.txt"; a further call
/// with the same settings goes on. No training is validated: photographs that choose a checkpoint could not test it.
/// </remarks>
public sealed class DownstreamTest
{
    private const string Preset = "small-data";
    private const string RawName = "raw";
    private const string TranslatedName = "translated";
    private const string Product = "segmenter.onnx";

    private readonly DownstreamOptions _options;
    private readonly string _folder;
    private readonly string[] _training;
    private readonly Lazy<DataFacts> _structures;

    /// <summary>Lays out the test; nothing is written.</summary>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="folder">Where everything is kept.</param>
    public DownstreamTest(DownstreamOptions options, string folder)
    {
        (_options, _folder) = (options, folder);
        List<string> training = ["--preset", Preset];
        if (options.Configuration is { } configuration)
            training.AddRange(["--config", configuration]);
        if (options.Steps is { } steps)
            training.AddRange(["--set", $"steps={steps.ToString(CultureInfo.InvariantCulture)}"]);
        _training = [.. training, "--set", "validation=[]"];
        _structures = new Lazy<DataFacts>(() =>
        {
            using ImageFolderSource structures = Open();
            return DataFacts.Of("downstream structures", options.Structures, (int)structures.FrameCount!, structures.Files);
        });
    }

    private IEnumerable<(ulong Seed, string Name)> Trainings =>
        _options.Seeds.SelectMany(seed => new[] { (seed, RawName), (seed, TranslatedName) });

    private string SettingsPath => Path.Combine(_folder, "settings.txt");

    /// <summary>
    /// Checks that the folder holds no test with other settings, and has the trainer check settings and labels, so that nothing is
    /// translated for trainings that can't be.
    /// </summary>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="EdgeSimException">Something is wrong.</exception>
    /// <exception cref="OperationCanceledException">The check was interrupted.</exception>
    public void Check(CancellationToken cancellation)
    {
        using ImageFolderSource structures = Open();
        structures.RequireLabels("to train with");
        if (File.Exists(SettingsPath) && File.ReadAllText(SettingsPath) != Settings())
        {
            throw new EdgeSimException($"'{_folder}' holds frames of another model, other textures or other structures.",
                "Give another output folder, or remove this one.");
        }
        foreach ((ulong seed, string name) in Trainings)
            Training(name, seed, Data(name), null).RequireSameSettings();
        _ = Training("check", _options.Seeds[0], _options.Structures, _options.StructureLabels?.Name).Check(cancellation);
    }

    /// <summary>Does what is left to do.</summary>
    /// <param name="cancellation">Ends the work; a training saves first.</param>
    /// <exception cref="EdgeSimException">A training failed or diverged, or a file can't be read or written.</exception>
    /// <exception cref="OperationCanceledException">The work was interrupted; a further call goes on with it.</exception>
    public DownstreamReport Run(CancellationToken cancellation)
    {
        using ImageFolderSource structures = Open();
        AtomicFile.WriteText(SettingsPath, Settings());
        long done = 0;
        using (new ProgressLine(() => Volatile.Read(ref done), () => structures.FrameCount))
        {
            DownstreamData.Write(structures, Translators, Data(RawName), Data(TranslatedName), () => Interlocked.Increment(ref done),
                cancellation);
        }
        List<DownstreamRun> raw = [], translated = [];
        string architecture = "", space = "";
        foreach ((ulong seed, string name) in Trainings)
        {
            TrainerRun training = Training(name, seed, Data(name), null);
            Terminal.Note($"segmenter on {name} frames, seed {seed} ({training.Folder})");
            if (!training.Train(line => Terminal.Note($"  {line}"), cancellation))
            {
                throw new EdgeSimException($"The segmenter on {name} frames with seed {seed} has no figures: {training.Divergence}",
                    "Choose other settings by --downstream-config.", ExitCode.Diverged);
            }
            using Judge segmenter =
                Judge.Load(Path.Combine(training.Weights, Product), _options.Evaluation.Space, _options.Evaluation.Threads);
            (architecture, space) = (segmenter.Description.Architecture, segmenter.Space.Name);
            (name == RawName ? raw : translated).Add(
                DownstreamReading.Read(segmenter, _options.Evaluation.Real, _options.Evaluation.RealLabels, seed, cancellation));
        }
        using ImageFolderSource test = new(_options.Evaluation.Real, _options.Evaluation.RealLabels);
        return new DownstreamReport
        {
            Structures = _structures.Value,
            Training = _training,
            Configuration = _options.Configuration is { } configuration ? File.ReadAllText(configuration) : null,
            Architecture = architecture,
            LabelSpace = space,
            TestImages = (int)test.FrameCount!,
            RawRuns = raw,
            TranslatedRuns = translated,
        };
    }

    private ImageFolderSource Open() => new(_options.Structures, _options.StructureLabels, _options.Limit);

    private string Data(string name) => Path.Combine(_folder, name);

    private TextureTranslators Translators()
    {
        EvaluationOptions evaluation = _options.Evaluation;
        return new TextureTranslators(evaluation.Bundle, evaluation.Textures, evaluation.Size, evaluation.Noise, evaluation.Threads,
            evaluation.CacheFolder);
    }

    private TrainerRun Training(string name, ulong seed, string data, string? space)
    {
        // A manifest names the labels' space; "licence" is what the weights' record says of the frames.
        Dictionary<string, string> set = new() { ["path"] = data, ["name"] = name, ["licence"] = "that of the frames" };
        if (space is not null)
            set["space"] = space;
        string[] arguments =
        [
            .. _training, "--set", $"training={JsonSerializer.Serialize(new[] { set })}", "--set", $"seed={seed}",
        ];
        string folder = Path.Combine(_folder, "runs", $"{name}-seed-{seed}");
        return new TrainerRun("segmenter", folder, arguments, _options.Configuration, Product);
    }

    // What the frames follow from; each training looks after its own settings.
    private string Settings()
    {
        EvaluationOptions evaluation = _options.Evaluation;
        return string.Join('\n',
        [
            $"model {evaluation.Bundle.Checksum}", $"size {evaluation.Size}", $"noise {evaluation.Noise}",
            $"structures {_structures.Value.Sha256}", $"labels {_options.StructureLabels?.Name ?? "of the manifests"}",
            .. evaluation.Textures.Select(texture => $"texture {DataFacts.Of("texture", texture, 1, [texture]).Sha256}"), "",
        ]);
    }
}
