using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>
/// Answers for one frame whether its labels survived: a segmenter that took no part in the training reads the translated picture and
/// the simulator's, and both readings are compared with the simulator's tags.
/// </summary>
/// <remarks>
/// <see cref="Prepare"/> and <see cref="Read"/> may run on different threads, but not at once: all buffers are rented once and shared.
/// Both allocate nothing, but for tables when the frames' size or label space changes.
/// </remarks>
public sealed class LabelGuard : ILabelGuard
{
    /// <summary>How near a boundary of labels pixels count, in pixels of the guard.</summary>
    public const int Reach = 4;

    /// <summary>By how much labels are moved for comparison, in pixels of the guard, in each of four directions.</summary>
    public const int Move = 4;

    private readonly GuardNetwork _network;
    private readonly byte[] _labels;
    private readonly byte[] _best;
    private readonly float[] _logSum;
    private readonly byte[] _near;
    private readonly int[] _since;
    private readonly int[] _points;
    private readonly ObjectCell[] _cells;
    private readonly ObjectCell[] _untranslatedCells;
    private PixelConverter? _converter;
    private LabelRemap? _remap;
    private ulong _frame;

    /// <summary>Loads a bundle's guard.</summary>
    /// <param name="bundle">A bundle with a guard.</param>
    /// <param name="threads">Threads of its session; 0: one a core.</param>
    /// <param name="precision">What its convolutions compute with: <see cref="LivePrecision.Bf16"/>, else fp32.</param>
    /// <exception cref="EdgeSimException">The bundle has no guard, or ONNX Runtime refuses it.</exception>
    public LabelGuard(ModelBundle bundle, int threads = 0, LivePrecision precision = LivePrecision.Fp32)
    {
        BundleGuard guard = bundle.Manifest.Guard ?? throw BundleGuardWriter.Missing(bundle.Folder);
        _network = new GuardNetwork(bundle, guard, threads, precision);
        Description = guard;
        _labels = new byte[_network.Pixels];
        _best = new byte[_network.Pixels];
        _logSum = new float[_network.Pixels];
        _near = new byte[_network.Pixels];
        _since = new int[_network.Width];
        _points = new int[_network.Pixels];
        _cells = new ObjectCell[Space.Objects.Length * ObjectCells.Count(_network.Width, _network.Height)];
        _untranslatedCells = new ObjectCell[_cells.Length];
        Confusion = new ConfusionMatrix(Space.Count);
        UntranslatedConfusion = new ConfusionMatrix(Space.Count);
    }

    /// <inheritdoc/>
    public BundleGuard Description { get; }

    /// <inheritdoc/>
    public LabelSpace Space => _network.Space;

    /// <inheritdoc/>
    public ConfusionMatrix Confusion { get; }

    /// <inheritdoc/>
    public ConfusionMatrix UntranslatedConfusion { get; }

    /// <summary>The error of frames without tags.</summary>
    /// <param name="source">What has none: a source or a frame, for the message.</param>
    public static EdgeSimException TagsMissing(string source) => new(
        $"The label guard compares pictures with their labels, and {source} has none.",
        "Translate a simulator's camera (carla://, town://) or a labelled folder, or leave the guard off (--guard off).");

    /// <inheritdoc/>
    public void WarmUp()
    {
        // The CPU's session needs none.
    }

    /// <inheritdoc/>
    public void Prepare(Frame source, Frame translated)
    {
        if (!source.HasTags || source.TagSpace is not { } space)
            throw TagsMissing($"frame {source.Id}");
        if (_converter is null || _converter.Geometry.SourceWidth != source.Width || _converter.Geometry.SourceHeight != source.Height)
        {
            _converter = new PixelConverter(
                FrameGeometry.Create(source.Width, source.Height, _network.Width, _network.Height, FitPolicy.Letterbox));
        }
        if (_remap?.From != space)
            _remap = LabelRemap.Between(space, Space);
        int values = 3 * _network.Pixels;
        _converter.Prepare(translated.Bgra, _network.Input.AsSpan(0, values));
        _converter.Prepare(source.Bgra, _network.Input.AsSpan(values, values));
        PrepareTags(source);
        _frame = source.Id;
    }

    /// <inheritdoc/>
    public GuardReading Read()
    {
        _network.Run();
        return Compare();
    }

    /// <summary>Compares the pictures that were read last with the tags of another frame.</summary>
    /// <param name="other">A frame of the same size and label space.</param>
    public GuardReading Compare(Frame other)
    {
        PrepareTags(other);
        return Compare();
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void PrepareTags(Frame source)
    {
        // Padding has no labels: what is seen there counts for nothing.
        _converter!.PrepareTags(source.Tags, _labels);
        _remap!.Apply(_labels, _labels);
    }

    private GuardReading Compare()
    {
        int count = GuardKernels.ListBoundaries(_labels, _network.Width, _converter!.Geometry.NetworkRectangle, Space.Count, Reach, _near,
            _since, _points);
        ReadOnlySpan<int> points = _points.AsSpan(0, count);
        int values = Space.Count * _network.Pixels;
        ReadOnlySpan<float> translated = _network.Logits.AsSpan(0, values), untranslated = _network.Logits.AsSpan(values, values);

        Compare(untranslated, UntranslatedConfusion, _untranslatedCells);
        double untranslatedFit = Fit(points, untranslated, 0, 0);
        Compare(translated, Confusion, _cells);
        double moved = Math.Max(
            Math.Max(Fit(points, translated, Move, 0), Fit(points, translated, -Move, 0)),
            Math.Max(Fit(points, translated, 0, Move), Fit(points, translated, 0, -Move)));
        return new GuardReading(_frame, Confusion.MeanIoU(), UntranslatedConfusion.MeanIoU(), Fit(points, translated, 0, 0),
            untranslatedFit, moved,
            ObjectCells.LeastKept(_cells, _untranslatedCells, Space.Objects.Length, _network.Width / ObjectCells.Side));
    }

    private void Compare(ReadOnlySpan<float> logits, ConfusionMatrix confusion, Span<ObjectCell> cells)
    {
        GuardKernels.Classify(logits, Space.Count, _best, _logSum);
        ObjectCells.Measure(_labels, _network.Width, Space.Count, Space.Objects.AsSpan(), logits, _logSum, cells);
        confusion.Clear();
        confusion.Add(_labels, _best);
    }

    private double Fit(ReadOnlySpan<int> points, ReadOnlySpan<float> logits, int across, int down) =>
        GuardKernels.MeanLogLikelihood(points, _labels, _network.Width, across, down, logits, _logSum);
}
