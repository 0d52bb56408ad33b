using EdgeSimToReal.Training;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Running;
using EdgeSimToReal.Training.Segmentation;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Verbs;

public sealed class SegmenterVerb : TrainingVerb<SegmenterTrainingConfiguration>
{
    public override string Name => "segmenter";

    public override string Description => "Train a segmentation network on labelled images.";

    public override IReadOnlyList<string> Presets => ["paper", "small-data"];

    public override IReadOnlyList<string> FreeKeys =>
        ["steps", "workers", "cacheMegabytes", "validation", "validationSpace", "training.*.path", "training.*.licence"];

    public override SegmenterTrainingConfiguration Preset(string name) => SegmenterTrainingConfiguration.Preset(name);

    public override RunOptions Run(SegmenterTrainingConfiguration configuration) => configuration.Run;

    public override IEnumerable<(string Role, ImageSetOptions Set)> Sets(SegmenterTrainingConfiguration configuration) =>
        [.. configuration.Training.Select(set => ("training", set)), .. configuration.Validation.Select(set => ("validation", set))];

    public override ITraining Create(SegmenterTrainingConfiguration configuration, Device device, ScalarType type) =>
        new SegmenterTraining(configuration, device, type);

    public override TrainingPlan Plan(SegmenterTrainingConfiguration configuration, ITraining training)
    {
        SegmenterTraining segmenter = (SegmenterTraining)training;
        return new TrainingPlan
        {
            Trained = new Dictionary<string, long>
            {
                ["backbone"] = segmenter.Network.BackboneParameters().Sum(parameter => parameter.numel()),
                ["head"] = segmenter.Network.HeadParameters().Sum(parameter => parameter.numel()),
            },
            CopiesPerParameter = configuration.Optimizer == SegmenterOptimizer.Sgd ? 1 : 2,
            Activations = configuration.BatchSize
                * SegmenterActivations.Count(configuration.Network(), configuration.CropHeight, configuration.CropWidth),
            Data = [("training", configuration.Training.Sum(set => ImageSet.Open(set).Items.Count), configuration.BatchSize)],
            RateAt = configuration.RateAt,
        };
    }
}
