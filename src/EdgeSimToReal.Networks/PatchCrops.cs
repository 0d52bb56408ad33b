using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks;

/// <summary>Cuts patches out of images for <see cref="PatchDiscriminator"/>; differentiable in the images.</summary>
public static class PatchCrops
{
    /// <summary>
    /// Samples each box on a p×p grid whose outer points lie on the box's borders: bilinear, zero outside the image.
    /// </summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="boxes">N·T boxes, image by image.</param>
    /// <param name="patchSize">p, at least 2.</param>
    /// <returns>[N, T, 3, p, p], of the images' type.</returns>
    public static Tensor Sample(Tensor images, IReadOnlyList<CropBox> boxes, int patchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patchSize, 2);
        long count = images.shape[0];
        if (boxes.Count == 0 || boxes.Count % count != 0)
            throw new ArgumentException($"{boxes.Count} boxes can't be shared out among {count} images.", nameof(boxes));
        using IDisposable scope = NewDisposeScope();
        long perImage = boxes.Count / count;
        // bf16 can't tell neighbouring points apart: its step just below 1 is 1/256 of the image's half.
        Tensor single = images.AtLeastSingle();
        // One tall grid for each image, patch below patch: the images are not repeated.
        Tensor grid = tensor(Grid(boxes, patchSize), [count, perImage * patchSize, patchSize, 2], single.dtype, images.device);
        Tensor patches = nn.functional.grid_sample(
            single, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false);
        return patches.As(images).unflatten(2, [perImage, patchSize]).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The sampled points (x, y), row by row, box by box.</summary>
    private static float[] Grid(IReadOnlyList<CropBox> boxes, int size)
    {
        float[] grid = new float[checked(boxes.Count * size * size * 2)];
        int i = 0;
        foreach (CropBox box in boxes)
        {
            double width = box.Mirrored ? -box.Width : box.Width;
            for (int y = 0; y < size; y++)
            {
                for (int x = 0; x < size; x++)
                {
                    grid[i++] = (float)(box.CenterX + (width * Point(x, size)));
                    grid[i++] = (float)(box.CenterY + (box.Height * Point(y, size)));
                }
            }
        }
        return grid;
    }

    private static double Point(int index, int size) => (2.0 * index / (size - 1)) - 1;
}
