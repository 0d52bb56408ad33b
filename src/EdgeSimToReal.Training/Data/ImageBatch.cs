using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Data;

/// <summary>A batch of images with their label maps, on the CPU.</summary>
/// <remarks>Its tensors belong to the dispose scope in which they were made, if any; <see cref="Dispose"/> frees them earlier.</remarks>
public sealed class ImageBatch : IDisposable
{
    internal ImageBatch(Tensor images, Tensor labels, long number) => (Images, Labels, Number) = (images, labels, number);

    /// <summary>[N, 3, H, W], fp32 RGB in [-1, 1].</summary>
    public Tensor Images { get; }

    /// <summary>[N, H, W], bytes: classes of the target space, or <see cref="LabelSpace.Ignore"/> (also where an image has no labels).</summary>
    public Tensor Labels { get; }

    /// <summary>The batch's number in its stream; 0 for a whole image.</summary>
    public long Number { get; }

    /// <summary>Reads one whole image.</summary>
    /// <param name="set">Its set.</param>
    /// <param name="index">Its index in <see cref="ImageSet.Items"/>.</param>
    /// <param name="target">The space that labels are mapped to.</param>
    /// <returns>A batch of one.</returns>
    /// <exception cref="Core.EdgeSimException">A file can't be read, sizes differ, or a label id is none of the set's space.</exception>
    public static ImageBatch Whole(ImageSet set, int index, LabelSpace target)
    {
        DecodedImage image = new ImageReader(set, target).Read(set.Items[index], new Frame(1, 1));
        float[] values = new float[3 * image.Width * image.Height];
        byte[] labels = new byte[image.Width * image.Height];
        RandomCrop.Whole(image, values, labels);
        return Create(values, labels, 1, image.Height, image.Width, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    internal static ImageBatch Create(float[] values, byte[] labels, int size, int height, int width, long number) =>
        new(tensor(values, [size, 3, height, width]), tensor(labels, [size, height, width]), number);
}
