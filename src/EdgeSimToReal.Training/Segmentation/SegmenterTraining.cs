using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Lcsae;
using EdgeSimToReal.Training.Objectives;
using EdgeSimToReal.Training.Optimisation;
using Google.Protobuf;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Segmentation;

/// <summary>Trains a segmentation network on labelled crops and validates it on whole images (LC-SAE report, chapter 4.2, table 4.1).</summary>
public sealed class SegmenterTraining : ITraining
{
    /// <summary>The weights file that <see cref="Export"/> writes.</summary>
    public const string WeightsFileName = "segmenter.safetensors";

    /// <summary>The ONNX graph that <see cref="Export"/> writes.</summary>
    public const string GraphFileName = "segmenter.onnx";

    private readonly SegmenterTrainingConfiguration _configuration;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly IReadOnlyList<ImageSet> _training;
    private readonly SegmenterValidation? _validation;
    private readonly SemanticLoss _loss;
    private readonly IgnoredClasses _ignored;
    private readonly Optimizer _optimizer;
    private BatchStream? _batches;
    private TimeSpan _waitedBefore;
    private (long Step, ValidationResult Result)? _validated;

    /// <summary>Makes the network and opens the image sets.</summary>
    /// <param name="configuration">Everything else.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <param name="type">What the network computes in: fp32 or bf16; parameters and loss are fp32.</param>
    /// <exception cref="EdgeSimException">The configuration is out of range, a set is unlabelled, or a file is missing or unfit.</exception>
    public SegmenterTraining(SegmenterTrainingConfiguration configuration, Device? device = null, ScalarType type = ScalarType.Float32)
    {
        configuration.Validate();
        (_configuration, _device, _type) = (configuration, device ?? CPU, type);
        _training = Open(configuration.Training);
        LabelSpace space = LabelSpaces.ByName(configuration.LabelSpace);
        SemanticOptions semantics = configuration.Semantics;
        _loss = new SemanticLoss(ClassWeights.For(semantics, space, _training), semantics.Dice);
        _ignored = new IgnoredClasses(semantics.Ignore, space);
        if (configuration.Validation.Count > 0)
        {
            _validation = new SegmenterValidation(
                Open(configuration.Validation), space, configuration.ValidationClasses, _device, type);
        }
        manual_seed(StepSeed.Of(configuration.Seed, 0, "weights"));
        Network = new Segmenter(configuration.Network());
        try
        {
            if (configuration.Initial is { } initial)
                StartFrom(initial);
            Network.to(_device);
            _optimizer = CreateOptimizer();
        }
        catch
        {
            Network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Kind => "segmenter";

    /// <inheritdoc/>
    public string Configuration => ConfigurationJson.Write(_configuration);

    /// <inheritdoc/>
    public long Step { get; private set; }

    /// <inheritdoc/>
    public long Steps => _configuration.Steps;

    /// <inheritdoc/>
    public int ImagesPerStep => _configuration.BatchSize;

    /// <inheritdoc/>
    public TimeSpan Waited => _waitedBefore + (_batches?.Waited ?? TimeSpan.Zero);

    /// <inheritdoc/>
    public IReadOnlyList<string> KeptInSingle => SingleLayers.Of(Network);

    /// <summary>The network as it is trained.</summary>
    public Segmenter Network { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Advance()
    {
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope();
        _batches ??= new BatchStream(_training, _configuration.Batches(), Step);
        ImageBatch batch = _batches.Next();
        manual_seed(StepSeed.Of(_configuration.Seed, Step));
        _optimizer.LearningRate = _configuration.RateAt(Step);
        Network.train();
        Tensor images = batch.Images.to(_device).to(_type), labels = _ignored.Apply(batch.Labels.to(_device));
        Tensor logits = Network.forward(Network.Normalise(images));
        Tensor loss = _loss.Loss(logits, labels);
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step();
        Step++;
        Tensor labelled = labels.ne(LabelSpace.Ignore);
        Tensor right = logits.argmax(1).eq(labels).logical_and(labelled);
        // One transfer from the device for all.
        double[] values = stack(
        [
            loss.detach(), right.sum() / labelled.sum().clamp_min(1),
            GradientNorm.Of(Network.BackboneParameters()), GradientNorm.Of(Network.HeadParameters()), _optimizer.MomentNorm(),
        ]).cpu().to(ScalarType.Float64).data<double>().ToArray();
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["loss/semantic"] = values[0],
            ["accuracy/batch"] = values[1],
            ["gradient/backbone"] = values[2],
            ["gradient/head"] = values[3],
            ["moment/network"] = values[4],
            ["rate/backbone"] = _optimizer.LearningRate * _configuration.BackboneRateFactor,
            ["rate/head"] = _optimizer.LearningRate,
        };
    }

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        state.PutModule("network", Network);
        _optimizer.Save(state, "optimizer");
        state.Counters["step"] = Step;
    }

    /// <inheritdoc/>
    public void Load(TrainingState state)
    {
        state.RequireKind(Kind);
        long step = state.Counter("step");
        state.LoadModule("network", Network);
        _optimizer.Load(state, "optimizer");
        Step = step;
        _validated = null;
        if (_batches is not null)
            _waitedBefore += _batches.Waited;
        _batches?.Dispose();
        _batches = null;
    }

    /// <inheritdoc/>
    public ValidationResult? Validate()
    {
        if (_validation is null)
            return null;
        if (_validated?.Step != Step)
            _validated = (Step, _validation.Run(Network));
        return _validated?.Result;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Frame> Samples() => _validation is null
        ? new Dictionary<string, Frame>()
        : new Dictionary<string, Frame> { ["samples"] = _validation.Draw(Network) };

    /// <summary>Writes <see cref="WeightsFileName"/> and <see cref="GraphFileName"/> with what they learnt from and how well.</summary>
    /// <inheritdoc/>
    public void Export(string folder)
    {
        SegmenterWeights weights = Network.ExportWeights();
        IReadOnlyDictionary<string, string> metadata = Metadata();
        Network.Save(Path.Combine(folder, WeightsFileName), metadata);
        AtomicFile.Write(Path.Combine(folder, GraphFileName),
            stream => SegmenterExporter.Segmenter(weights, metadata).WriteTo(stream));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches?.Dispose();
        _optimizer.Dispose();
        Network.Dispose();
    }

    private static ImageSet[] Open(IReadOnlyList<ImageSetOptions> options)
    {
        ImageSet[] sets = [.. options.Select(ImageSet.Open)];
        foreach (ImageSet set in sets.Where(set => set.Space is null))
            throw new EdgeSimException($"The image set '{set.Name}' has no labels to learn from.", "Give its label space and label folder.");
        return sets;
    }

    private Optimizer CreateOptimizer()
    {
        ILookup<bool, (string, Parameter)> parameters = Network.named_parameters().ToLookup(
            item => item.name.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal));
        ParameterGroup[] groups = [new([.. parameters[true]], _configuration.BackboneRateFactor), new([.. parameters[false]])];
        return _configuration.Optimizer == SegmenterOptimizer.Sgd
            ? new SgdOptimizer(groups, _configuration.LearningRate, _configuration.Momentum, _configuration.WeightDecay)
            : new AdamOptimizer(groups, _configuration.LearningRate, 0.9, 0.999, weightDecay: _configuration.WeightDecay);
    }

    /// <summary>A whole segmenter's file has a head; an image classifier's gives the backbone alone.</summary>
    private void StartFrom(string path)
    {
        IReadOnlyDictionary<string, WeightTensor> tensors = WeightsFile.Read(path).Tensors;
        if (tensors.Keys.Any(key => key.StartsWith(SegmenterLayer.BackbonePrefix, StringComparison.Ordinal)))
            ModuleWeights.Import(Network, tensors, path);
        else
            Network.ImportBackbone(tensors, path);
    }

    private Dictionary<string, string> Metadata()
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["label_space"] = _configuration.LabelSpace,
            ["training_data"] = JsonSerializer.Serialize(
                _training.Select(set => new { name = set.Name, images = set.Items.Count, licence = set.Licence })),
            ["training_steps"] = Step.ToString(CultureInfo.InvariantCulture),
            ["id"] = WeightsIdentity.Of(ModuleWeights.Export(Network)),
        };
        if (Validate() is { } result)
            metadata["validation_miou"] = result.Score.ToString("0.0000", CultureInfo.InvariantCulture);
        return metadata;
    }
}
