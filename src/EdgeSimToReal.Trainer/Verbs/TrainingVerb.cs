using EdgeSimToReal.Core;
using EdgeSimToReal.Training;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Running;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>What the program must know of one kind of training.</summary>
/// <typeparam name="T">Its configuration.</typeparam>
public abstract class TrainingVerb<T>
    where T : class
{
    /// <summary>The verb, and the training's <see cref="ITraining.Kind"/>.</summary>
    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>Names of complete settings, the default first.</summary>
    public abstract IReadOnlyList<string> Presets { get; }

    /// <summary>
    /// Keys that a resumed run may change, since the steps' outcome doesn't follow from them; '*' stands for any index.
    /// "run" is always among them.
    /// </summary>
    public abstract IReadOnlyList<string> FreeKeys { get; }

    public abstract T Preset(string name);

    /// <summary>A preset's values, to be changed.</summary>
    /// <param name="preset">Its name.</param>
    public virtual ConfigurationDocument<T> Begin(string preset) => new(Preset(preset));

    public abstract RunOptions Run(T configuration);

    /// <summary>All image sets by what they are for.</summary>
    public abstract IEnumerable<(string Role, ImageSetOptions Set)> Sets(T configuration);

    /// <summary>Makes the networks and opens the data.</summary>
    public abstract ITraining Create(T configuration, Device device, ScalarType type);

    /// <summary>What is to be told of a training before it starts.</summary>
    public abstract TrainingPlan Plan(T configuration, ITraining training);

    /// <summary>Writes what others can use of a training's weights.</summary>
    /// <param name="configuration">The training's configuration.</param>
    /// <param name="training">The training.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="texts">What a bundle says of itself.</param>
    public virtual void Export(T configuration, ITraining training, string folder, BundleTexts texts) => training.Export(folder);

    /// <summary>A checkpoint's configuration.</summary>
    /// <param name="state">The checkpoint.</param>
    /// <param name="changes">What to change of it, "key=value", free keys only.</param>
    public ConfigurationDocument<T> Read(TrainingState state, IEnumerable<string> changes)
    {
        state.RequireKind(Name);
        ConfigurationDocument<T> document = Begin(Presets[0]);
        document.Merge(state.Configuration, $"The configuration in '{state.Source}'");
        foreach (string change in changes)
        {
            string key = document.Set(change);
            if (!IsFree(key))
            {
                throw new EdgeSimException($"'{key}' belongs to what the run of '{state.Source}' is and can't be changed.",
                    $"What can: run, {string.Join(", ", FreeKeys)}. Start another run in another folder for the rest.", ExitCode.Usage);
            }
        }
        return document;
    }

    private bool IsFree(string key)
    {
        string[] path = key.Split('.');
        return FreeKeys.Append("run").Select(pattern => pattern.Split('.')).Any(pattern =>
            pattern.Length <= path.Length && pattern.Zip(path).All(pair => pair.First == "*" || pair.First == pair.Second));
    }
}
