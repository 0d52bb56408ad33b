using EdgeSimToReal.Core;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Trainer.Verbs;
using EdgeSimToReal.Training;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Running;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>From a checkpoint to files that others can use.</summary>
public static class RunExport
{
    /// <summary>Writes a checkpoint's weights.</summary>
    /// <param name="source">A run's folder, its checkpoints' folder, or a checkpoint.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="texts">What a bundle says of itself.</param>
    /// <param name="changes">What to change of the configuration, "key=value": where images lie now.</param>
    /// <returns>The checkpoint's path.</returns>
    public static string Write(string source, string folder, BundleTexts texts, IEnumerable<string> changes)
    {
        TorchComputing.Choose();
        using TrainingState state = Open(source);
        switch (state.Kind)
        {
            case "segmenter":
                Write(new SegmenterVerb(), state, folder, texts, changes);
                break;
            case "lcsae":
                Write(new LcsaeVerb(), state, folder, texts, changes);
                break;
            default:
                throw new EdgeSimException($"'{state.Source}' is a checkpoint of a '{state.Kind}', which this version does not know.",
                    "Use the version that wrote it.");
        }
        return state.Source;
    }

    private static void Write<T>(TrainingVerb<T> verb, TrainingState state, string folder, BundleTexts texts,
        IEnumerable<string> changes)
        where T : class
    {
        T configuration = verb.Read(state, changes).Bind();
        using ITraining training = verb.Create(configuration, CPU, ScalarType.Float32);
        training.Load(state);
        verb.Export(configuration, training, folder, texts);
    }

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="source">A run's folder, its checkpoints' folder, or a checkpoint.</param>
    public static TrainingState Open(string source)
    {
        if (!Directory.Exists(source))
            return CheckpointStore.Load(source);
        string inRun = new RunFolder(source).Checkpoints;
        using CheckpointStore store = new(Directory.Exists(inRun) ? inRun : source);
        return File.Exists(store.BestPath) ? store.LoadBest() : store.LoadLatest();
    }
}
