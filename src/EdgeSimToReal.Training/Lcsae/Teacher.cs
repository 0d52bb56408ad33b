using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Networks;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>A frozen network that reads the classes of images, differentiable to them, whatever file it comes from.</summary>
internal abstract class Teacher(TeacherOptions options) : IDisposable
{
    /// <summary>Its settings.</summary>
    public TeacherOptions Options { get; } = options;

    /// <summary>The identity of what its file held when it was read.</summary>
    public abstract string Id { get; }

    /// <summary>Number of its weights.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Classes of the training's space that it does not tell apart, so that its loss leaves their pixels out.</summary>
    public virtual IReadOnlyList<byte> UnknownClasses => [];

    /// <summary>Reads a network.</summary>
    /// <param name="options">File and settings.</param>
    /// <param name="space">The training's label space.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="outer">How segmenters of this project are used; null: as they were trained.</param>
    /// <exception cref="Core.EdgeSimException">The file is missing, damaged, or knows other classes.</exception>
    public static Teacher Read(TeacherOptions options, LabelSpace space, Device device, OuterOptions? outer = null) =>
        options.IsOnnx ? new OnnxTeacher(options, space, device) : new SegmenterTeacher(options, space, device, outer ?? new OuterOptions());

    /// <summary>What it reads.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Log-probabilities up to a constant a pixel, [N, K, H, W], K being the training's classes.</returns>
    /// <exception cref="Core.EdgeSimException">It can't take this size.</exception>
    public Tensor Scores(Tensor images)
    {
        using IDisposable scope = NewDisposeScope();
        (long height, long width) = (images.shape[2], images.shape[3]);
        Tensor input = Options.Scale == 1 ? images
            : Resized(images, (long)Math.Round(height * Options.Scale), (long)Math.Round(width * Options.Scale));
        Tensor logits = Logits(input);
        if (logits.shape[2] != height || logits.shape[3] != width)
            logits = Resized(logits.AtLeastSingle(), height, width);
        if (Options.Temperature != 1)
            logits = logits / Options.Temperature;
        return ToTrainingSpace(logits).MoveToOuterDisposeScope();
    }

    /// <summary>Labels without those that it does not tell apart.</summary>
    /// <param name="labels">[N, H, W].</param>
    public Tensor Known(Tensor labels)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor known = labels.alias();
        foreach (byte unknown in UnknownClasses)
            known = known.masked_fill(known.eq(unknown), LabelSpace.Ignore);
        return known.MoveToOuterDisposeScope();
    }

    public abstract void Dispose();

    /// <summary>Logits of its own classes, [N, C, h, w].</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1], at its own scale.</param>
    protected abstract Tensor Logits(Tensor images);

    /// <summary>From its own classes to the training's.</summary>
    protected virtual Tensor ToTrainingSpace(Tensor logits) => logits;

    private static Tensor Resized(Tensor x, long height, long width) =>
        nn.functional.interpolate(x, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
}
