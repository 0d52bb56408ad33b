using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Translates frames with a baked live graph: prepare, infer, finish.</summary>
/// <remarks>Memory is rented when the first frame tells its size, and again only when the size changes.</remarks>
public sealed class LiveTranslator : IFrameTranslator
{
    private readonly LiveSession _session;
    private readonly FitPolicy _policy;
    private readonly LabelFeed? _labels;
    private PixelConverter? _converter;
    private Frame? _translated;
    private Frame? _cut;

    /// <summary>Loads a live graph.</summary>
    /// <param name="graph">The baked graph.</param>
    /// <param name="policy">How frames of another size are brought to the network's.</param>
    /// <param name="description">The model and texture, for reports.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="Core.EdgeSimException">ONNX Runtime refuses the graph.</exception>
    public LiveTranslator(BakedGraph graph, FitPolicy policy, string description, int threads = 0)
    {
        _session = new LiveSession(graph, threads);
        _policy = policy;
        _labels = graph.Labels is { } labels ? new LabelFeed(labels, graph.Width, graph.Height) : null;
        Description = description;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool NeedsTags => _labels is not null;

    /// <summary>The error of frames without tags, where the model is conditioned on labels.</summary>
    /// <param name="source">What has none: a source or a frame, for the message.</param>
    public static EdgeSimException TagsMissing(string source) => new($"The model is conditioned on labels, and {source} has none.",
        "Translate a simulator's camera (carla://, town://; --tags gives frames their labels) or a labelled folder, or use another model.");

    /// <inheritdoc/>
    public Frame Translate(Frame source, out Frame fitted)
    {
        if (_converter is null || _converter.Geometry.SourceWidth != source.Width || _converter.Geometry.SourceHeight != source.Height
            || (_cut is not null && _cut.HasTags != source.HasTags))
        {
            Fit(source);
        }
        PixelConverter converter = _converter!;
        converter.Prepare(source.Bgra, _session.Input);
        _labels?.Fill(source, converter, _session.Labels);
        source.Stamps.Prepared = FrameStamps.Now;
        _session.Run();
        source.Stamps.Inferred = FrameStamps.Now;
        Frame translated = _translated!;
        converter.Finish(_session.Output, translated.Bgra);
        source.Stamps.Finished = FrameStamps.Now;
        translated.CopyIdentityFrom(source);
        fitted = _cut is null ? source : Cut(converter, source, _cut);
        return translated;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void Fit(Frame source)
    {
        FrameGeometry geometry = FrameGeometry.Create(source.Width, source.Height, _session.Width, _session.Height, _policy);
        _converter = new PixelConverter(geometry);
        _translated = new Frame(geometry.OutputWidth, geometry.OutputHeight);
        bool whole = geometry.OutputWidth == source.Width && geometry.OutputHeight == source.Height;
        _cut = whole ? null : new Frame(geometry.OutputWidth, geometry.OutputHeight, source.HasTags);
    }

    /// <summary>The simulator's frame as a fit policy cuts it.</summary>
    /// <param name="converter">The geometry.</param>
    /// <param name="source">The simulator's frame.</param>
    /// <param name="cut">Takes the cut-out.</param>
    internal static Frame Cut(PixelConverter converter, Frame source, Frame cut)
    {
        converter.CropPicture(source.Bgra, cut.Bgra);
        if (source.HasTags)
            converter.CropTags(source.Tags, cut.Tags);
        cut.TagSpace = source.TagSpace;
        cut.CopyIdentityFrom(source);
        return cut;
    }
}
