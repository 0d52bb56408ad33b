using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>
/// Separable low-pass filter on each channel, then every stride-th sample: upfirdn2d with up = 1. Output size is
/// ⌊(H + before + after - taps) / stride⌋ + 1. All kernels here are symmetric, so correlation and convolution agree, and exact in bf16.
/// </summary>
internal sealed class FirFilter : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "kernel")]
    private readonly Tensor _kernel; // [taps, taps]
    private readonly int _taps;
    private readonly int _stride;
    private readonly int _before;
    private readonly int _after;
    private readonly bool _reflection;

    /// <param name="taps">The filter in one direction; the kernel is their outer product, normalised to sum 1.</param>
    /// <param name="gain">Factor on the kernel: 4 after up-sampling by 2.</param>
    /// <param name="stride">Which samples are kept.</param>
    /// <param name="before">Padding at the top and left.</param>
    /// <param name="after">Padding at the bottom and right.</param>
    /// <param name="reflection">Whether the padding mirrors the image; otherwise it is zero.</param>
    public FirFilter(double[] taps, double gain, int stride, int before, int after, bool reflection = false)
        : base(nameof(FirFilter))
    {
        double sum = taps.Sum() * taps.Sum();
        float[] kernel = [.. taps.SelectMany(row => taps.Select(column => (float)(row * column / sum * gain)))];
        _taps = taps.Length;
        _kernel = this.RegisterConstant("kernel", tensor(kernel, [taps.Length, taps.Length]));
        (_stride, _before, _after, _reflection) = (stride, before, after, reflection);
    }

    /// <summary>[N, C, H, W] to [N, C, H', W'].</summary>
    public override Tensor forward(Tensor x)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor y = x.ForDepthwise(_stride).ForConvolution(x.shape[1]);
        long channels = x.shape[1];
        int padding = 0;
        if (_reflection)
            y = nn.functional.pad(y, (_before, _after, _before, _after), PaddingModes.Reflect);
        else if (EqualPaddingSuffices(x.shape[2]) && EqualPaddingSuffices(x.shape[3]))
            padding = _before;
        else
            y = nn.functional.pad(y, (_before, _after, _before, _after));
        Tensor kernel = _kernel.As(y).expand(channels, 1, _taps, _taps);
        y = nn.functional.conv2d(y, kernel, strides: [_stride, _stride], padding: [padding, padding], groups: channels);
        return y.As(x).MoveToOuterDisposeScope();
    }

    /// <summary>Whether padding "before" on both sides gives the same output: the convolution then pads by itself, no copy.</summary>
    private bool EqualPaddingSuffices(long size) => Output(size + (2 * _before)) == Output(size + _before + _after);

    private long Output(long padded) => ((padded - _taps) / _stride) + 1;
}
