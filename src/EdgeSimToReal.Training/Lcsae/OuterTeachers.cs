using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The frozen outer segmenters: the outer semantic loss and feature matching on them.</summary>
internal sealed class OuterTeachers : IDisposable
{
    private readonly OuterOptions _options;
    private readonly SemanticLoss _measure;
    private readonly List<Segmenter> _segmenters = [];
    private readonly List<FeatureMeans> _means = [];
    private readonly List<string> _read = []; // ids of what the files hold
    private readonly Device _device;

    /// <summary>Reads the segmenters.</summary>
    /// <param name="options">Files and how they are used.</param>
    /// <param name="space">The label space of the loss, which each segmenter must have learnt.</param>
    /// <param name="measure">Class weights and Dice.</param>
    /// <param name="device">Where they run.</param>
    /// <exception cref="EdgeSimException">A file is missing or damaged, or knows other classes.</exception>
    public OuterTeachers(OuterOptions options, LabelSpace space, SemanticLoss measure, Device device)
    {
        (_options, _measure, _device) = (options, measure, device);
        try
        {
            foreach (string path in options.Segmenters)
            {
                Segmenter segmenter = Freeze(Read(path, space), device);
                _segmenters.Add(segmenter);
                _means.Add(new FeatureMeans());
                // Of what was read: by the time that a bundle is written, its file may hold another network.
                _read.Add(WeightsIdentity.Of(ModuleWeights.Export(segmenter)));
            }
            Ids = [.. _read];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The networks' number.</summary>
    public int Count => _segmenters.Count;

    /// <summary>The networks' identities as they were when the training began.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    /// <summary>
    /// Whether a file now holds another network than the one that taught. In training mode a checkpoint holds the networks themselves, so
    /// that the file no longer matters.
    /// </summary>
    public bool HaveChanged => !InCheckpoint && !Ids.SequenceEqual(_read);

    private bool InCheckpoint => _options.BatchNorm == OuterBatchNorm.Train;

    /// <summary>Parameters of all networks.</summary>
    public long ParameterCount => _segmenters.Sum(segmenter => segmenter.parameters().Sum(parameter => parameter.numel()));

    /// <summary>Reads a segmenter that has learnt a label space.</summary>
    public static Segmenter Read(string path, LabelSpace space)
    {
        IReadOnlyDictionary<string, string> metadata = WeightsFile.Read(path).Metadata;
        if (metadata.TryGetValue("label_space", out string? learnt) && learnt != space.Name)
        {
            throw new EdgeSimException($"The segmenter '{path}' has learnt the classes of {learnt}, the training needs {space}.",
                $"Set labelSpace to {learnt}, or train a segmenter with labelSpace {space}.");
        }
        Segmenter segmenter = Segmenter.Load(path);
        if (segmenter.Configuration.Classes == space.Count)
            return segmenter;
        int classes = segmenter.Configuration.Classes;
        segmenter.Dispose();
        throw new EdgeSimException($"The segmenter '{path}' tells {classes} classes apart, {space} has {space.Count}.",
            $"Give one that was trained with labelSpace {space}.");
    }

    /// <summary>The outer semantic loss, the mean over the segmenters that are asked.</summary>
    /// <param name="hybrid">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="labels">Of the structure images, [N, H, W].</param>
    /// <param name="step">Whose turn it is.</param>
    /// <param name="random">Strengths of the augmentation; null: none.</param>
    public Tensor Loss(Tensor hybrid, Tensor labels, long step, Random? random)
    {
        using IDisposable scope = NewDisposeScope();
        (Tensor images, Tensor truth) = random is not null && _options.Augmentation.IsActive
            ? _options.Augmentation.Apply(hybrid, labels, random)
            : (hybrid, labels);
        return stack(Asked(step).Select(segmenter => new OuterSemanticNll(x => segmenter.forward(Input(segmenter, x)), _measure)
            .Loss(images, truth))).mean().MoveToOuterDisposeScope();
    }

    /// <summary>Feature matching of reconstructions on the segmenter whose turn it is: its three finest maps.</summary>
    public Tensor Features(Tensor reconstruction, Tensor image, long step)
    {
        Segmenter segmenter = Turn(step);
        return new FeatureMatching(x => [.. segmenter.Features(Input(segmenter, x)).Take(3)]).Loss(reconstruction, image);
    }

    /// <summary>The images and all maps that the segmenter whose turn it is has of them, from fine to coarse.</summary>
    public IReadOnlyList<Tensor> Stages(Tensor images, long step)
    {
        Segmenter segmenter = Turn(step);
        return [images, .. segmenter.Features(Input(segmenter, images))];
    }

    /// <summary>The running feature means on the segmenter whose turn it is.</summary>
    public FeatureMeans Means(long step) => _means[(int)(step % _segmenters.Count)];

    /// <summary>Mean softmax scores of all segmenters in evaluation, for validation.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Log of the mean share of each class, [N, K, H, W].</returns>
    public Tensor LogShares(Tensor images)
    {
        using IDisposable scope = NewDisposeScope();
        SetMode(training: false);
        Tensor shares = stack(_segmenters.Select(segmenter => segmenter.forward(Input(segmenter, images)).to(ScalarType.Float32).softmax(1)))
            .mean([0]);
        SetMode(training: InCheckpoint);
        return shares.clamp_min(1e-12).log().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What drifts: running feature means, and running statistics where batch normalisation is in training mode; and the identities.
    /// </summary>
    public void Save(TrainingState state)
    {
        for (int i = 0; i < _segmenters.Count && InCheckpoint; i++)
            state.PutModule($"teacher{i}", _segmenters[i]);
        for (int i = 0; i < _means.Count; i++)
        {
            _means[i].Save(state, $"means{i}");
            state.Texts[IdKey(i)] = Ids[i];
        }
    }

    /// <inheritdoc cref="Save"/>
    public void Load(TrainingState state)
    {
        for (int i = 0; i < _segmenters.Count && InCheckpoint; i++)
            state.LoadModule($"teacher{i}", _segmenters[i]);
        for (int i = 0; i < _means.Count; i++)
            _means[i].Load(state, $"means{i}", _device);
        // Checkpoints of earlier versions tell no ids: what the files hold has to do.
        Ids = [.. _read.Select((id, i) => state.Texts.GetValueOrDefault(IdKey(i), id))];
    }

    /// <summary>Refuses to go on with another network than the one that taught so far.</summary>
    /// <param name="source">The checkpoint that was loaded, for the message.</param>
    /// <exception cref="EdgeSimException">A file now holds another network.</exception>
    public void RequireUnchanged(string source)
    {
        if (!HaveChanged)
            return;
        int i = Enumerable.Range(0, _read.Count).First(i => Ids[i] != _read[i]);
        throw new EdgeSimException(
            $"The outer segmenter '{_options.Segmenters[i]}' holds the network {_read[i]}, and up to '{source}' {Ids[i]} taught.",
            $"Put the file of {Ids[i]} back in its place, or start another run in another folder with the new one.");
    }

    public void Dispose()
    {
        foreach (Segmenter segmenter in _segmenters)
            segmenter.Dispose();
        foreach (FeatureMeans means in _means)
            means.Dispose();
        _segmenters.Clear();
    }

    private Segmenter Turn(long step) => _segmenters[(int)(step % _segmenters.Count)];

    private IEnumerable<Segmenter> Asked(long step) => _options.AllAtOnce ? _segmenters : [Turn(step)];

    private Tensor Input(Segmenter segmenter, Tensor image) =>
        _options.Normalisation == OuterNormalisation.Trained ? segmenter.Normalise(image) : image;

    private Segmenter Freeze(Segmenter segmenter, Device device)
    {
        foreach (TorchSharp.Modules.Parameter parameter in segmenter.parameters())
            parameter.requires_grad = false;
        segmenter.to(device);
        segmenter.train(InCheckpoint);
        return segmenter;
    }

    private static string IdKey(int segmenter) => $"teacher{segmenter}.id";

    private void SetMode(bool training)
    {
        foreach (Segmenter segmenter in _segmenters)
            segmenter.train(training);
    }
}
