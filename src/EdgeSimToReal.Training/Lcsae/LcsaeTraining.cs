using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Interpreting;
using EdgeSimToReal.Training.Objectives;
using EdgeSimToReal.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>
/// Trains the label-consistent swapping autoencoder, its baseline or the original (LC-SAE report, chapters 2.4.3, 3 and 4.2).
/// </summary>
/// <remarks>
/// A step is a discriminator half, at every 16th step followed by R1 as a step of its own, and a generator half. All random choices of a
/// step follow from the seed and its number, so a resumed run on a processor repeats an uninterrupted one to the bit.
/// </remarks>
public sealed partial class LcsaeTraining : ITraining
{
    private readonly LcsaeConfiguration _configuration;
    private readonly Device _device;
    private readonly ScalarType _type;
    private readonly IReadOnlyList<ImageSet> _simulated;
    private readonly IReadOnlyList<ImageSet> _real;
    private readonly SwappingAutoencoder _autoencoder;
    private readonly InnerSemanticBranch? _inner;
    private readonly Discriminators _discriminators;
    private readonly OuterTeachers _teachers;
    private readonly ResNet18Features? _features;
    private readonly FeatureDiscriminator? _critic;
    private readonly AdamOptimizer? _criticSide;
    private readonly ClassStyle _style;
    private readonly ClassStyle _colour;
    private readonly FeatureMeans _means = new();
    private readonly SemanticLoss _measure;
    private readonly LazyR1 _r1;
    private readonly AdamOptimizer _generatorSide;
    private readonly AdamOptimizer _discriminatorSide;
    private readonly MovingAverage? _average;
    private readonly Dictionary<string, Tensor> _scalars = new(StringComparer.Ordinal);
    private LcsaeData? _data;

    /// <summary>Makes the networks, opens the images and reads the frozen segmenters.</summary>
    /// <param name="configuration">Everything else.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <param name="type">What the networks compute in: fp32 or bf16; masters, losses and R1 are fp32.</param>
    /// <exception cref="EdgeSimException">The configuration is out of range, or a file is missing or unfit.</exception>
    public LcsaeTraining(LcsaeConfiguration configuration, Device? device = null, ScalarType type = ScalarType.Float32)
    {
        configuration.Validate();
        (_configuration, _device, _type) = (configuration, device ?? CPU, type);
        LabelSpace space = configuration.Classes;
        _simulated = [.. configuration.Simulated.Select(ImageSet.Open)];
        _real = [.. configuration.Real.Select(ImageSet.Open)];
        _measure = new SemanticLoss(ClassWeights.For(configuration.Semantics, space, [.. _simulated, .. _real]), configuration.Semantics.Dice);
        _teachers = new OuterTeachers(configuration.Outer, space, _measure, _device);
        if (configuration.Perceptual.Levels > 0 && configuration.ComparesFeatures)
            _features = ResNet18Features.Load(configuration.Perceptual.Network).To(_device);
        (_style, _colour) = (new ClassStyle(space.Count), new ClassStyle(space.Count));
        manual_seed(StepSeed.Of(configuration.Seed, 0, "weights"));
        _autoencoder = new SwappingAutoencoder(configuration.Network);
        _inner = configuration.HasInner ? new InnerSemanticBranch(configuration.Network, space.Count) : null;
        _discriminators = new Discriminators(
            configuration.Discriminators.Image(configuration.CropHeight, configuration.CropWidth), configuration.Discriminators.Patch());
        if (configuration.Initial is { } initial)
            StartFrom(initial);
        _autoencoder.to(_device);
        _inner?.to(_device);
        _discriminators.to(_device);
        ObjectiveWeights weights = configuration.Weights;
        _r1 = new LazyR1 { ImageWeight = weights.ImageR1, PatchWeight = weights.PatchR1, Interval = weights.R1Interval };
        List<ParameterGroup> generatorSide = [ParameterGroup.Of(_autoencoder)];
        if (_inner is not null)
            generatorSide.Add(ParameterGroup.Of(_inner, "inner."));
        _generatorSide = new AdamOptimizer(generatorSide, configuration.LearningRate, configuration.Beta1, configuration.Beta2);
        (_, double beta1, double beta2) = AdamOptimizer.ForLazyRegularisation(
            configuration.LearningRate, configuration.Beta1, configuration.Beta2, weights.R1Interval);
        _discriminatorSide = new AdamOptimizer([ParameterGroup.Of(_discriminators)], configuration.LearningRate, beta1, beta2);
        if (configuration.HasFeatureGan)
        {
            int[] channels = [3, .. ResNet18Features.Channels.Take(configuration.Perceptual.Levels)];
            _critic = new FeatureDiscriminator([.. Criticised(channels)], space.Count).to(_device);
            _criticSide = new AdamOptimizer([ParameterGroup.Of(_critic)], configuration.LearningRate, configuration.Beta1, configuration.Beta2);
        }
        _average = configuration.AverageDecay > 0 ? new MovingAverage(_autoencoder, configuration.AverageDecay) : null;
    }

    /// <inheritdoc/>
    public string Kind => "lcsae";

    /// <inheritdoc/>
    public string Configuration => ConfigurationJson.Write(_configuration);

    /// <inheritdoc/>
    public long Step { get; private set; }

    /// <inheritdoc/>
    public long Steps => _configuration.Steps;

    /// <inheritdoc/>
    public int ImagesPerStep => _configuration.ImagesPerStep;

    /// <inheritdoc/>
    public TimeSpan Waited => _data?.Waited ?? TimeSpan.Zero;

    /// <summary>Called at the end of each part of a step with the part's name, for benchmarks; null: not called.</summary>
    public Action<string>? PartDone { get; set; }

    /// <summary>Encoder and generator as they are trained.</summary>
    public SwappingAutoencoder Autoencoder => _autoencoder;

    /// <summary>Parameters of each network by its name.</summary>
    public IReadOnlyDictionary<string, long> ParameterCounts
    {
        get
        {
            Dictionary<string, long> counts = Networks().ToDictionary(
                network => network.Name, network => network.Module.parameters().Sum(parameter => parameter.numel()));
            if (_teachers.Count > 0)
                counts["frozen segmenters"] = _teachers.ParameterCount;
            return counts;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Advance()
    {
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope();
        _data ??= new LcsaeData(_configuration, _simulated, _real, _device, _type, FirstBatch);
        manual_seed(StepSeed.Of(_configuration.Seed, Step));
        _scalars.Clear();
        double rate = _configuration.RateAt(Step);
        _generatorSide.LearningRate = rate;
        (_discriminatorSide.LearningRate, _, _) = AdamOptimizer.ForLazyRegularisation(
            rate, _configuration.Beta1, _configuration.Beta2, _configuration.Weights.R1Interval);
        if (_criticSide is not null)
            _criticSide.LearningRate = rate;
        bool measured = _configuration.GradientNormInterval > 0 && Step % _configuration.GradientNormInterval == 0;
        if (_configuration.SharedBatch)
        {
            LcsaeBatch batch = NextBatch();
            Translation translation = Translate(batch);
            if (_configuration.HasDiscriminators)
                DiscriminatorHalf(batch, translation, measured);
            GeneratorHalf(batch, translation, measured);
        }
        else if (!_configuration.HasDiscriminators)
        {
            LcsaeBatch batch = NextBatch();
            GeneratorHalf(batch, Translate(batch), measured);
        }
        else
        {
            LcsaeBatch batch = NextBatch();
            Translation translation;
            using (no_grad())
                translation = Translate(batch);
            DiscriminatorHalf(batch, translation, measured);
            batch = NextBatch();
            GeneratorHalf(batch, Translate(batch), measured);
        }
        _average?.Update();
        Mark("average");
        Step++;
        return ReadScalars(rate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _data?.Dispose();
        _average?.Dispose();
        _generatorSide.Dispose();
        _discriminatorSide.Dispose();
        _criticSide?.Dispose();
        _critic?.Dispose();
        _features?.Dispose();
        _style.Dispose();
        _colour.Dispose();
        _means.Dispose();
        _teachers.Dispose();
        _discriminators.Dispose();
        _inner?.Dispose();
        _autoencoder.Dispose();
        _averaged?.Dispose();
        _judge?.Dispose();
        foreach ((Tensor image, Tensor labels) in (_heldOutFrames ?? []).Concat(_heldOutPhotographs ?? []))
        {
            image.Dispose();
            labels.Dispose();
        }
        foreach (FixedNoiseMaps noise in _noise.Values)
            noise.Dispose();
    }

    private long FirstBatch => Step * (_configuration.SharedBatch || !_configuration.HasDiscriminators ? 1 : 2);

    private IEnumerable<(string Name, nn.Module Module)> Networks()
    {
        yield return ("E", _autoencoder.Encoder);
        yield return ("G", _autoencoder.Generator);
        if (_inner is not null)
            yield return ("inner", _inner);
        if (_configuration.HasDiscriminators)
        {
            yield return ("D", _discriminators.Image);
            yield return ("Dpatch", _discriminators.Patch);
        }
        if (_critic is not null)
            yield return ("Dfeatures", _critic);
    }

    /// <summary>Takes what a weights file has of these networks; encoder and generator must be whole.</summary>
    private void StartFrom(string path)
    {
        IReadOnlyDictionary<string, Core.Weights.WeightTensor> tensors = Core.Weights.WeightsFile.Read(path).Tensors;
        ModuleWeights.Import(_autoencoder, Core.Weights.WeightKeyMap.SwappingAutoencoder.Apply(tensors, path).Tensors, path);
        if (tensors.Keys.Any(key => key.StartsWith("D.", StringComparison.Ordinal)))
            ModuleWeights.Import(_discriminators, tensors, path);
    }

    private LcsaeBatch NextBatch()
    {
        LcsaeBatch batch = _data!.Next();
        Mark("data");
        return batch;
    }

    private void Mark(string part) => PartDone?.Invoke(part);

    /// <summary>All scalars of the step in one transfer from the device.</summary>
    private Dictionary<string, double> ReadScalars(double rate)
    {
        string[] names = [.. _scalars.Keys];
        using Tensor values = stack(names.Select(name => _scalars[name].detach().to(ScalarType.Float64))).cpu();
        double[] numbers = values.data<double>().ToArray();
        _scalars.Clear();
        Dictionary<string, double> scalars = names.Zip(numbers).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        scalars["rate"] = rate;
        return scalars;
    }
}
