using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Training;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Running;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Verbs;

public sealed class LcsaeVerb : TrainingVerb<LcsaeConfiguration>
{
    private const string Frozen = "frozen segmenters";

    public override string Name => "lcsae";

    public override string Description => "Train the label-consistent swapping autoencoder, its baseline or the original.";

    public override IReadOnlyList<string> Presets => LcsaeConfiguration.PresetNames;

    public override IReadOnlyList<string> FreeKeys =>
    [
        "images", "workers", "validation", "gradientNormInterval",
        "simulated.*.path", "simulated.*.licence", "real.*.path", "real.*.licence",
    ];

    public override LcsaeConfiguration Preset(string name) => LcsaeConfiguration.Preset(name);

    /// <summary>The objectives' factors may be given by name: "weights": "author-code".</summary>
    public override ConfigurationDocument<LcsaeConfiguration> Begin(string preset) =>
        new(Preset(preset), new Dictionary<Type, Func<string, object>> { [typeof(ObjectiveWeights)] = ObjectiveWeights.Named });

    public override RunOptions Run(LcsaeConfiguration configuration) => configuration.Run;

    public override IEnumerable<(string Role, ImageSetOptions Set)> Sets(LcsaeConfiguration configuration) =>
    [
        .. configuration.Simulated.Select(set => ("simulated", set)),
        .. configuration.Real.Select(set => ("real", set)),
        .. new[] { ("validation, simulated", configuration.Validation.Simulated), ("validation, real", configuration.Validation.Real) }
            .Where(set => set.Item2 is not null).Select(set => (set.Item1, set.Item2!)),
    ];

    public override ITraining Create(LcsaeConfiguration configuration, Device device, ScalarType type) =>
        new LcsaeTraining(configuration, device, type);

    public override TrainingPlan Plan(LcsaeConfiguration configuration, ITraining training)
    {
        IReadOnlyDictionary<string, long> counts = ((LcsaeTraining)training).ParameterCounts;
        Dictionary<string, long> trained = counts.Where(count => count.Key != Frozen).ToDictionary(StringComparer.Ordinal);
        double averaged = configuration.AverageDecay > 0 ? (double)(trained["E"] + trained["G"]) / trained.Values.Sum() : 0;
        double perDomain = configuration.BatchSize * (configuration.SharedBatch ? 1 : 2);
        return new TrainingPlan
        {
            Trained = trained,
            Frozen = counts.GetValueOrDefault(Frozen),
            CopiesPerParameter = (configuration.Beta1 > 0 ? 2 : 1) + averaged,
            Activations = Activations(configuration),
            Data =
            [
                .. new[] { ("simulated", configuration.Simulated), ("real", configuration.Real) }
                    .Where(group => group.Item2.Count > 0)
                    .Select(group => (group.Item1, group.Item2.Sum(set => ImageSet.Open(set).Items.Count), perDomain)),
            ],
            RateAt = configuration.RateAt,
        };
    }

    /// <summary>The weights under the reference's keys, and a bundle around them.</summary>
    public override void Export(LcsaeConfiguration configuration, ITraining training, string folder, BundleTexts texts)
    {
        LcsaeTraining lcsae = (LcsaeTraining)training;
        lcsae.Export(folder);
        // Before the description's own validation, which chooses nothing.
        string[] selectedBy = [.. lcsae.SelectedBy];
        BundleDescription description = texts.Description ?? LcsaeDescription.Of(configuration, lcsae);
        // What taught and what chose are facts of the training, whatever a person writes of the model.
        description = description with
        {
            Teachers = [.. description.Teachers.Union(lcsae.TeacherIds)],
            SelectedBy = [.. description.SelectedBy.Union(selectedBy)],
        };
        BundleWriter.Write(folder, lcsae.Serving().ExportWeights(), description,
            texts.Card ?? LcsaeDescription.Card(description, training.Configuration), texts.Textures, texts.HalfWeights);
    }

    // The larger of a step's two halves: codes and translations of a batch with both discriminators' passes over them.
    private static long Activations(LcsaeConfiguration configuration)
    {
        double n = configuration.BatchSize, pixels = (double)configuration.CropHeight * configuration.CropWidth;
        double translation = 2 * n * (AutoencoderActivations.Encoder(configuration.Network, pixels)
            + AutoencoderActivations.Generator(configuration.Network, pixels));
        DiscriminatorSizes sizes = configuration.Discriminators;
        double image = AutoencoderActivations.Image(sizes.Image(configuration.CropHeight, configuration.CropWidth), pixels);
        double patches = n * sizes.PatchesPerImage * AutoencoderActivations.Patch(sizes.Patch());
        return (long)(translation + (4 * n * image) + (3 * patches));
    }
}
