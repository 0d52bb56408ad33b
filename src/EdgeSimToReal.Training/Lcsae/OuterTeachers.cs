using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Objectives;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>The frozen outer segmenters: the outer semantic loss and feature matching on them.</summary>
internal sealed class OuterTeachers : IDisposable
{
    private readonly OuterOptions _options;
    private readonly SemanticLoss _measure;
    private readonly List<Teacher> _teachers = [];
    private readonly List<FeatureMeans> _means = [];
    private readonly List<string> _read = []; // ids of what the files hold
    private readonly Device _device;

    /// <summary>Reads the segmenters.</summary>
    /// <param name="options">Files and how they are used.</param>
    /// <param name="space">The label space of the loss, which each segmenter must have learnt or be mapped to.</param>
    /// <param name="measure">Class weights and Dice.</param>
    /// <param name="device">Where they run.</param>
    /// <exception cref="EdgeSimException">A file is missing or damaged, or knows other classes.</exception>
    public OuterTeachers(OuterOptions options, LabelSpace space, SemanticLoss measure, Device device)
    {
        (_options, _measure, _device) = (options, measure, device);
        try
        {
            foreach (TeacherOptions teacher in options.Segmenters)
            {
                _teachers.Add(Teacher.Read(teacher, space, device, options));
                _means.Add(new FeatureMeans());
                _read.Add(_teachers[^1].Id);
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
    public int Count => _teachers.Count;

    /// <summary>The networks' identities as they were when the training began.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    /// <summary>
    /// Whether a file now holds another network than the one that taught. In training mode a checkpoint holds the networks themselves, so
    /// that the file no longer matters.
    /// </summary>
    public bool HaveChanged => !InCheckpoint && !Ids.SequenceEqual(_read);

    private bool InCheckpoint => _options.BatchNorm == OuterBatchNorm.Train;

    /// <summary>Parameters of all networks.</summary>
    public long ParameterCount => _teachers.Sum(teacher => teacher.ParameterCount);

    private double WeightSum => _teachers.Sum(teacher => teacher.Options.Weight);

    private IEnumerable<SegmenterTeacher> Segmenters => _teachers.OfType<SegmenterTeacher>();

    /// <summary>The outer semantic loss: of the segmenter whose turn it is, or of all, by <see cref="OuterOptions.Averaging"/>.</summary>
    /// <param name="hybrid">[N, 3, H, W] in [-1, 1].</param>
    /// <param name="labels">Of the structure images, [N, H, W]; pixels of classes that a segmenter does not know count for nothing.</param>
    /// <param name="step">Whose turn it is.</param>
    /// <param name="random">Strengths of the augmentation; null: none.</param>
    public Tensor Loss(Tensor hybrid, Tensor labels, long step, Random? random)
    {
        using IDisposable scope = NewDisposeScope();
        (Tensor images, Tensor truth) = random is not null && _options.Augmentation.IsActive
            ? _options.Augmentation.Apply(hybrid, labels, random)
            : (hybrid, labels);
        if (!_options.AllAtOnce)
            return Weighted(Turn(step), _teachers.Count / WeightSum).MoveToOuterDisposeScope();
        if (_options.Averaging == TeacherAveraging.Probabilities)
            return _measure.Loss(MeanShares(images).log(), Known(truth)).MoveToOuterDisposeScope();
        return stack(_teachers.Select(teacher => Weighted(teacher, _teachers.Count / WeightSum))).mean().MoveToOuterDisposeScope();

        // Factors with a mean of 1, so that λ_out means the same whatever the weights are.
        Tensor Weighted(Teacher teacher, double factor)
        {
            Tensor loss = new OuterSemanticNll(teacher.Scores, _measure).Loss(images, teacher.Known(truth));
            return teacher.Options.Weight * factor == 1 ? loss : loss * (teacher.Options.Weight * factor);
        }
    }

    /// <summary>Feature matching of reconstructions on the segmenter whose turn it is: its three finest maps.</summary>
    public Tensor Features(Tensor reconstruction, Tensor image, long step)
    {
        SegmenterTeacher segmenter = WithFeatures(step);
        return new FeatureMatching(x => [.. segmenter.Features(x).Take(3)]).Loss(reconstruction, image);
    }

    /// <summary>The images and all maps that the segmenter whose turn it is has of them, from fine to coarse.</summary>
    public IReadOnlyList<Tensor> Stages(Tensor images, long step) => [images, .. WithFeatures(step).Features(images)];

    /// <summary>The running feature means on the segmenter whose turn it is.</summary>
    public FeatureMeans Means(long step) => _means[(int)(step % _means.Count)];

    /// <summary>Mean softmax scores of all segmenters in evaluation, for validation.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Log of the weighted mean share of each class, [N, K, H, W].</returns>
    public Tensor LogShares(Tensor images)
    {
        using IDisposable scope = NewDisposeScope();
        SetMode(training: false);
        Tensor shares = MeanShares(images);
        SetMode(training: InCheckpoint);
        return shares.log().MoveToOuterDisposeScope();
    }

    /// <summary>Labels without those that no segmenter distinguishes.</summary>
    /// <param name="labels">[N, H, W].</param>
    public Tensor Known(Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor known = labels.alias();
        foreach (byte unknown in _teachers[0].UnknownClasses.Where(id => _teachers.All(teacher => teacher.UnknownClasses.Contains(id))))
            known = known.masked_fill(known.eq(unknown), LabelSpace.Ignore);
        return known.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What drifts: running feature means, and running statistics where batch normalisation is in training mode; and the identities.
    /// </summary>
    public void Save(TrainingState state)
    {
        for (int i = 0; i < _teachers.Count && InCheckpoint; i++)
            state.PutModule($"teacher{i}", ((SegmenterTeacher)_teachers[i]).Network);
        for (int i = 0; i < _means.Count; i++)
        {
            _means[i].Save(state, $"means{i}");
            state.Texts[IdKey(i)] = Ids[i];
        }
    }

    /// <inheritdoc cref="Save"/>
    public void Load(TrainingState state)
    {
        for (int i = 0; i < _teachers.Count && InCheckpoint; i++)
            state.LoadModule($"teacher{i}", ((SegmenterTeacher)_teachers[i]).Network);
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
            $"The outer segmenter '{_options.Segmenters[i].Path}' holds the network {_read[i]}, and up to '{source}' {Ids[i]} taught.",
            $"Put the file of {Ids[i]} back in its place, or start another run in another folder with the new one.");
    }

    public void Dispose()
    {
        foreach (Teacher teacher in _teachers)
            teacher.Dispose();
        foreach (FeatureMeans means in _means)
            means.Dispose();
        _teachers.Clear();
    }

    private Teacher Turn(long step) => _teachers[(int)(step % _teachers.Count)];

    private SegmenterTeacher WithFeatures(long step) => Turn(step) as SegmenterTeacher
        ?? throw new EdgeSimException($"The ONNX network '{Turn(step).Options.Path}' in outer.segmenters has no feature maps.",
            "Switch the objectives off that match features.");

    /// <summary>The weighted mean of the softmax scores, [N, K, H, W], nowhere 0.</summary>
    private Tensor MeanShares(Tensor images)
    {
        Tensor shares = stack(_teachers.Select(teacher =>
        {
            Tensor share = teacher.Scores(images).to(ScalarType.Float32).softmax(1);
            double weight = teacher.Options.Weight * _teachers.Count / WeightSum;
            return weight == 1 ? share : share * weight;
        })).mean([0]);
        return shares.clamp_min(1e-12);
    }

    private static string IdKey(int segmenter) => $"teacher{segmenter}.id";

    private void SetMode(bool training)
    {
        foreach (SegmenterTeacher teacher in Segmenters)
            teacher.Network.train(training);
    }
}
