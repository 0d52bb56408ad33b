using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Metrics;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Training.Data;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Segmentation;

/// <summary>Measures a segmenter on whole labelled images.</summary>
internal sealed class SegmenterValidation
{
    private const int SampleCount = 4;

    private readonly (ImageSet Set, int Index)[] _images;
    private readonly LabelSpace _learnt;
    private readonly LabelSpace _counted;
    private readonly LabelRemap _remap;
    private readonly Device _device;
    private readonly ScalarType _type;

    /// <summary>Creates the measurement.</summary>
    /// <param name="sets">Labelled sets.</param>
    /// <param name="learnt">The segmenter's classes.</param>
    /// <param name="counted">The classes that are counted.</param>
    /// <param name="device">Where the segmenter is.</param>
    /// <param name="type">What it computes in.</param>
    public SegmenterValidation(IReadOnlyList<ImageSet> sets, LabelSpace learnt, LabelSpace counted, Device device, ScalarType type)
    {
        _images = [.. sets.SelectMany(set => Enumerable.Range(0, set.Items.Count)
            .Where(i => set.Items[i].Label is not null).Select(i => (set, i)))];
        (_learnt, _counted, _remap, _device, _type) = (learnt, counted, LabelRemap.Between(learnt, counted), device, type);
    }

    /// <summary>mIoU over the counted classes that occur (the score), accuracies, and each class's IoU.</summary>
    /// <param name="segmenter">The network; its mode is changed to evaluation.</param>
    public ValidationResult Run(Segmenter segmenter)
    {
        ConfusionMatrix matrix = new(_counted.Count);
        foreach ((ImageSet set, int index) in _images)
        {
            using ImageBatch image = ImageBatch.Whole(set, index, _learnt);
            byte[] truth = image.Labels.bytes.ToArray(), predicted = Predict(segmenter, image);
            _remap.Apply(truth, truth);
            _remap.Apply(predicted, predicted);
            matrix.Add(truth, predicted);
        }
        Dictionary<string, double> scalars = new(StringComparer.Ordinal)
        {
            ["miou"] = matrix.MeanIoU(),
            ["accuracy"] = matrix.OverallAccuracy(),
            ["mean_accuracy"] = matrix.MeanAccuracy(),
        };
        foreach (LabelClass c in _counted.Classes)
        {
            if (double.IsFinite(matrix.IoU(c.Id)))
                scalars[$"iou/{c.Name}"] = matrix.IoU(c.Id);
        }
        return new ValidationResult(scalars["miou"], scalars);
    }

    /// <summary>Rows of image, labels and prediction, spread over the images.</summary>
    /// <param name="segmenter">The network; its mode is changed to evaluation.</param>
    public Frame Draw(Segmenter segmenter)
    {
        List<Frame[]> rows = [];
        foreach (int i in EvenlySpaced.Indices(SampleCount, _images.Length))
        {
            (ImageSet set, int index) = _images[i];
            using ImageBatch batch = ImageBatch.Whole(set, index, _learnt);
            Frame image = ImageFile.Read(set.Items[index].Image);
            rows.Add([image, Painted(image, batch.Labels.bytes), Painted(image, Predict(segmenter, batch))]);
        }
        Frame sheet = new(rows.Max(row => row[0].Width) * 3, rows.Sum(row => row[0].Height));
        sheet.Bgra.AsSpan().Clear();
        int top = 0;
        foreach (Frame[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
                Place(row[i], sheet, i * sheet.Width / 3, top);
            top += row[0].Height;
        }
        return sheet;
    }

    private byte[] Predict(Segmenter segmenter, ImageBatch image)
    {
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope(), gradients = no_grad();
        segmenter.eval();
        Tensor logits = segmenter.forward(segmenter.Normalise(image.Images.to(_device).to(_type)));
        return logits.argmax(1).to(ScalarType.Byte).cpu().bytes.ToArray();
    }

    private Frame Painted(Frame image, ReadOnlySpan<byte> labels)
    {
        Frame painted = new(image.Width, image.Height);
        Overlay.Blend(image, labels, _learnt, 0.6, painted);
        return painted;
    }

    private static void Place(Frame picture, Frame sheet, int left, int top)
    {
        int bytes = picture.Width * 4;
        for (int y = 0; y < picture.Height; y++)
            picture.Bgra.AsSpan(y * bytes, bytes).CopyTo(sheet.Bgra.AsSpan((((top + y) * sheet.Width) + left) * 4));
    }
}
