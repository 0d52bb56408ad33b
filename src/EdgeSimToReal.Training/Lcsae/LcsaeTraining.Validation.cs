using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Noise;
using EdgeSimToReal.Training.Conditioning;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Objectives;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <content>What is measured and shown on held-out pictures.</content>
public sealed partial class LcsaeTraining
{
    private const int SampleRows = 4;
    private const int SampleTextures = 2;
    private readonly Dictionary<(int Height, int Width), FixedNoiseMaps> _noise = [];
    private readonly List<string> _selectedBy = [];
    private Teacher? _judge;
    private string? _judgeId;
    private List<(Tensor Image, Tensor Labels)>? _heldOutFrames;
    private List<(Tensor Image, Tensor Labels)>? _heldOutPhotographs;

    /// <inheritdoc/>
    /// <remarks>
    /// Whole held-out frames take the textures of held-out photographs in turn, with fixed noise. The score is the mIoU that the
    /// independent judge reads in them against the frames' labels (the outer segmenters' joint reading where there is no judge), or
    /// minus the reconstructions' L1 where there is no segmenter at all (or, of a checkpoint that is only exported, the outer segmenters'
    /// files hold others by now). Of a label-conditioned generator it also tells how far the labels are followed and hidden
    /// (<see cref="LabelLeak"/>).
    /// </remarks>
    public ValidationResult? Validate()
    {
        if (!ReadHeldOut())
            return null;
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope(), off = no_grad();
        SwappingAutoencoder networks = Serving();
        ConfusionMatrix matrix = new(_configuration.Classes.Count);
        double nll = 0, l1 = 0;
        bool judged = _judge is not null || (_teachers.Count > 0 && !_teachers.HaveChanged);
        for (int i = 0; i < _heldOutFrames!.Count; i++)
        {
            using IDisposable inner = NewDisposeScope();
            (Tensor frame, Tensor labels) = _heldOutFrames[i];
            (Tensor photograph, Tensor photographLabels) = _heldOutPhotographs![i % _heldOutPhotographs.Count];
            l1 += (Rebuilt(networks, frame, labels) + Rebuilt(networks, photograph, photographLabels)) / 2;
            if (!judged)
                continue;
            Tensor hybrid = Show(networks, frame, labels, photograph).clamp(-1, 1);
            Tensor scores = Scores(hybrid), known = _judge?.Known(labels) ?? _teachers.Known(labels);
            nll += SemanticLoss.Plain.Loss(scores, known).item<float>();
            matrix.Add(known.cpu().data<byte>().ToArray(), scores.argmax(1).to(ScalarType.Byte).cpu().data<byte>().ToArray());
        }
        Dictionary<string, double> scalars = new(StringComparer.Ordinal) { ["l1"] = l1 / _heldOutFrames.Count };
        if (_inner is not null)
        {
            scalars["inner_accuracy_simulated"] = InnerAccuracy(_inner, _heldOutFrames);
            scalars["inner_accuracy_real"] = InnerAccuracy(_inner, _heldOutPhotographs!);
        }
        if (!judged)
            return new ValidationResult(-scalars["l1"], scalars);
        SelectedByAlso(_judgeId is { } id ? [id] : _teachers.Ids);
        scalars["nll"] = nll / _heldOutFrames.Count;
        scalars["miou"] = matrix.MeanIoU();
        scalars["accuracy"] = matrix.OverallAccuracy();
        if (_configuration.Network.LabelClasses > 0 && Leak(networks) is { } leak)
            (scalars["labels_followed"], scalars["labels_hidden"]) = (leak.Followed, leak.Hidden);
        return new ValidationResult(scalars["miou"], scalars);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Frame> Samples()
    {
        if (!ReadHeldOut())
            return new Dictionary<string, Frame>();
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope(), off = no_grad();
        SwappingAutoencoder networks = Serving();
        // First row: the photographs that give the textures. Then a row a frame: simulator, reconstruction, hybrids.
        List<(Tensor Image, Tensor Labels)> photographs = Spread(_heldOutPhotographs!, SampleTextures);
        (Tensor firstFrame, _) = _heldOutFrames![0];
        Tensor blank = full_like(firstFrame, -1);
        List<Tensor> rows = [cat([blank, blank, .. photographs.Select(item => Fit(item.Image, firstFrame))], 3)];
        foreach ((Tensor frame, Tensor labels) in Spread(_heldOutFrames, SampleRows))
        {
            Tensor[] made = [.. photographs.Select(item => Show(networks, frame, labels, item.Image))];
            rows.Add(cat([frame, Show(networks, frame, labels, frame), .. made], 3));
        }
        return new Dictionary<string, Frame>(StringComparer.Ordinal) { ["samples"] = TensorFrames.ToFrame(cat(rows, 2)) };
    }

    private void SelectedByAlso(IEnumerable<string> ids) => _selectedBy.AddRange(ids.Except(_selectedBy));

    /// <summary>What the judge, or without one the outer segmenters together, read: fp32 scores [N, K, H, W].</summary>
    private Tensor Scores(Tensor pictures) =>
        _judge is null ? _teachers.LogShares(pictures) : _judge.Scores(pictures).to(ScalarType.Float32);

    /// <summary>Whether the fed labels are shown or hidden, as the same reader sees it; null where the frames can't tell.</summary>
    private LabelLeak? Leak(SwappingAutoencoder networks)
    {
        List<(Tensor Image, Tensor Labels)> frames = Spread(
            [.. _heldOutFrames!.Where(item => item.Image.shape.SequenceEqual(_heldOutFrames![0].Image.shape))], SampleRows);
        int stride = _configuration.Network.Stride;
        return frames.Count < 2 ? null : LabelLeak.Measure(
            (images, map) => ShowMapped(networks, images, map, _heldOutPhotographs![0].Image),
            pictures => nn.functional.avg_pool2d(Scores(pictures).softmax(1), stride).argmax(1),
            cat(frames.Select(item => item.Image).ToArray(), 0), cat(frames.Select(item => item.Labels).ToArray(), 0),
            _configuration.Network.LabelClasses, stride);
    }

    /// <summary>The share of labelled pixels that the inner branch reads right; NaN without any.</summary>
    private double InnerAccuracy(InnerSemanticBranch branch, List<(Tensor Image, Tensor Labels)> pictures)
    {
        double right = 0, labelled = 0;
        foreach ((Tensor image, Tensor labels) in pictures)
        {
            using IDisposable scope = NewDisposeScope();
            (_, _, Tensor features) = _autoencoder.Encoder.ForwardWithInnerFeatures(image);
            Tensor truth = InnerSemanticNll.Reduce(labels), known = truth.ne(LabelSpace.Ignore);
            right += (branch.forward(features).argmax(1).eq(truth) & known).sum().item<long>();
            labelled += known.sum().item<long>();
        }
        return right / labelled;
    }

    private static List<(Tensor Image, Tensor Labels)> Spread(List<(Tensor Image, Tensor Labels)> pictures, int count) =>
        [.. EvenlySpaced.Indices(count, pictures.Count).Select(i => pictures[i])];

    private static Tensor Fit(Tensor image, Tensor like) => image.shape.SequenceEqual(like.shape) ? image
        : nn.functional.interpolate(image, like.shape[2..], mode: InterpolationMode.Bilinear, align_corners: false);

    private double Rebuilt(SwappingAutoencoder networks, Tensor image, Tensor labels) =>
        L1Reconstruction.Loss(Show(networks, image, labels, image), image).item<float>();

    /// <summary>A frame's structure with a photograph's texture, fixed noise, fp32.</summary>
    private Tensor Show(SwappingAutoencoder networks, Tensor frame, Tensor labels, Tensor photograph)
    {
        int classes = _configuration.Network.LabelClasses;
        return ShowMapped(networks, frame, classes == 0 ? null : LabelMaps.FromLabels(labels, classes, _configuration.Network.Stride), photograph);
    }

    /// <summary>The same for several frames of one size, with given label maps.</summary>
    private Tensor ShowMapped(SwappingAutoencoder networks, Tensor frames, Tensor? map, Tensor photograph)
    {
        (int, int) size = ((int)frames.shape[2], (int)frames.shape[3]);
        if (!_noise.TryGetValue(size, out FixedNoiseMaps? noise))
            _noise[size] = noise = FixedNoiseMaps.ForImage(_configuration.Network, size.Item1, size.Item2, device: _device);
        Tensor texture = networks.Encoder.Texture(photograph).expand(frames.shape[0], -1);
        return networks.Generator.forward(networks.Encoder.Structures(frames), texture, noise, map);
    }

    /// <summary>Reads the held-out pictures once; false where the configuration names none.</summary>
    private bool ReadHeldOut()
    {
        if (_heldOutFrames is not null)
            return true;
        LcsaeValidation validation = _configuration.Validation;
        if (validation.Simulated is null || validation.Real is null)
            return false;
        if (validation.Judge is { } judge)
        {
            _judge = Teacher.Read(judge, _configuration.Classes, _device);
            _judgeId = _judge.Id;
        }
        _heldOutPhotographs = Read(validation.Real);
        _heldOutFrames = Read(validation.Simulated);
        return true;
    }

    private List<(Tensor Image, Tensor Labels)> Read(ImageSetOptions options)
    {
        ImageSet set = ImageSet.Open(options);
        List<(Tensor Image, Tensor Labels)> pictures = [];
        foreach (int i in EvenlySpaced.Indices(_configuration.Validation.Frames, set.Items.Count))
        {
            using ImageBatch picture = ImageBatch.Whole(set, i, _configuration.Classes);
            pictures.Add((picture.Images.to(_device).DetachFromDisposeScope(), picture.Labels.to(_device).DetachFromDisposeScope()));
        }
        return pictures;
    }
}
