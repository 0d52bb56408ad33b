using EdgeSimToReal.Core.Frames;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training;

/// <summary>From tensors to pictures.</summary>
public static class TensorFrames
{
    /// <summary>A picture of one image, clamped and rounded.</summary>
    /// <param name="image">[1, 3, H, W] or [3, H, W], RGB in [-1, 1], on any device, of any floating type.</param>
    /// <returns>The frame, [H, W] of B, G, R, A.</returns>
    public static Frame ToFrame(Tensor image)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = image.dim() == 4 ? image.squeeze(0) : image;
        Tensor bytes = ((x.detach().to(ScalarType.Float32).clamp(-1, 1) + 1) * 127.5).round().to(ScalarType.Byte);
        Tensor rows = bytes.permute(1, 2, 0).contiguous().cpu();
        ReadOnlySpan<byte> rgb = rows.data<byte>().ToArray();
        Frame frame = new((int)x.shape[2], (int)x.shape[1]);
        for (int i = 0; i < frame.PixelCount; i++)
        {
            (frame.Bgra[4 * i], frame.Bgra[(4 * i) + 1], frame.Bgra[(4 * i) + 2], frame.Bgra[(4 * i) + 3]) =
                (rgb[(3 * i) + 2], rgb[(3 * i) + 1], rgb[3 * i], 255);
        }
        return frame;
    }
}
