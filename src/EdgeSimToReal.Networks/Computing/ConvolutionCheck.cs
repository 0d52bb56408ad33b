using System.Diagnostics;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>Compares convolutions with their values in float64, which libtorch computes itself, without oneDNN.</summary>
internal static class ConvolutionCheck
{
    /// <summary>The greatest error of a right fp32 result: rounding makes 1e-7 to 1e-6, a wrong block some per cent.</summary>
    public const double SingleTolerance = 1e-5;

    /// <summary>The greatest error of a right bf16 result, whose values are rounded to 0.2 % each.</summary>
    public const double HalfTolerance = 0.02;

    private const int Images = 2;

    /// <summary>Checks convolutions in fp32: result, gradients and gradients of gradients, in both memory formats.</summary>
    /// <param name="begin">Gets each convolution's name before it is computed: the process may die of it.</param>
    /// <returns>What came out wrong.</returns>
    public static List<ConvolutionFault> Single(Action<string> begin) =>
        Check(ConvolutionCase.All, ScalarType.Float32, SingleTolerance, Convolve, begin);

    /// <summary>Checks the convolutions that networks compute in bf16: result and gradients.</summary>
    /// <param name="begin">Gets each convolution's name before it is computed.</param>
    /// <returns>What came out wrong.</returns>
    public static List<ConvolutionFault> Half(Action<string> begin) =>
        Check(ConvolutionCase.All.Where(item => item.IsForBf16), ScalarType.BFloat16, HalfTolerance, Convolve, begin);

    /// <summary>Milliseconds of a 64-channel 3x3 convolution's forward and backward pass, the better of two after a first.</summary>
    public static double Milliseconds()
    {
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor x = Values(1, 0, 1, 64, 64, 64).requires_grad_(), w = Values(2, 0, 64, 64, 3, 3).requires_grad_();
            long start = Stopwatch.GetTimestamp();
            nn.functional.conv2d(x, w, padding: [1, 1]).sum().backward();
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            best = i == 0 ? best : Math.Min(best, milliseconds);
        }
        return best;
    }

    /// <summary>Compares one way to compute convolutions with their values in float64.</summary>
    /// <param name="cases">Which.</param>
    /// <param name="type">What they are computed in: fp32, with second gradients, or bf16.</param>
    /// <param name="tolerance">The greatest relative error of a right result.</param>
    /// <param name="convolve">Computes one from image and weights.</param>
    /// <param name="begin">Gets each convolution's name before it is computed.</param>
    /// <returns>What came out wrong, of each convolution the worst.</returns>
    internal static List<ConvolutionFault> Check(IEnumerable<ConvolutionCase> cases, ScalarType type, double tolerance,
        Func<ConvolutionCase, Tensor, Tensor, Tensor> convolve, Action<string> begin)
    {
        List<ConvolutionFault> faults = [];
        foreach (ConvolutionCase item in cases)
        {
            begin(type == ScalarType.BFloat16 ? $"{item.Name}, bf16" : item.Name);
            using IDisposable scope = NewDisposeScope();
            Tensor x = Values(1, 0.1, Images, item.Inputs, item.Height, item.Width).to(type);
            Tensor w = Values(2, 0.2, WeightShape(item)).to(type);
            bool twice = type == ScalarType.Float32;
            Tensor[] expected = Passes(item, x.to(ScalarType.Float64), w.to(ScalarType.Float64), twice, Convolve);
            ConvolutionFault? worst = null;
            foreach (Tensor input in new[] { x, x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) })
            {
                Tensor[] found = Passes(item, input, w, twice, convolve);
                for (int i = 0; i < expected.Length; i++)
                {
                    double error = Error(found[i], expected[i]);
                    if (!(error <= tolerance) && (worst is null || !(error <= worst.Error)))
                        worst = new ConvolutionFault(item.Name, i == 0 ? "forward" : i < 3 ? "gradient" : "second gradient", error);
                }
            }
            if (worst is not null)
                faults.Add(worst);
        }
        return faults;
    }

    /// <summary>The result, its gradients by image and weights, and with them the gradient by the weights of the first's square.</summary>
    private static Tensor[] Passes(ConvolutionCase item, Tensor x, Tensor w, bool twice,
        Func<ConvolutionCase, Tensor, Tensor, Tensor> convolve)
    {
        Tensor image = x.detach().requires_grad_(), weight = w.detach().requires_grad_();
        Tensor y = convolve(item, image, weight);
        // Not a plain sum, whose gradient is the same everywhere: one that differs from place to place.
        Tensor loss = (y * Values(3, 0.3, y.shape).to(y.dtype)).sum();
        IList<Tensor> gradients = autograd.grad([loss], [image, weight], retain_graph: true, create_graph: twice);
        if (!twice)
            return [y, gradients[0], gradients[1]];
        IList<Tensor> second = autograd.grad([gradients[0].square().sum()], [weight]);
        return [y, gradients[0], gradients[1], second[0]];
    }

    /// <summary>A convolution by libtorch.</summary>
    internal static Tensor Convolve(ConvolutionCase item, Tensor x, Tensor w)
    {
        long[] stride = [item.Stride, item.Stride], padding = [item.Padding, item.Padding], dilation = [item.Dilation, item.Dilation];
        return item.IsTransposed ? nn.functional.conv_transpose2d(x, w, strides: stride, padding: padding)
            : nn.functional.conv2d(x, w, null, stride, padding, dilation, item.IsDepthwise ? item.Inputs : 1);
    }

    private static long[] WeightShape(ConvolutionCase item) => item.IsTransposed ? [item.Inputs, item.Outputs, item.Size, item.Size]
        : [item.Outputs, item.IsDepthwise ? 1 : item.Inputs, item.Size, item.Size];

    private static double Error(Tensor found, Tensor expected)
    {
        Tensor difference = found.detach().to(ScalarType.Float64) - expected.detach();
        return Math.Sqrt(difference.square().sum().item<double>() / expected.detach().square().sum().item<double>());
    }

    /// <summary>Values between -1 and 1 without a pattern; not from libtorch's generator, whose state belongs to a training.</summary>
    private static Tensor Values(double frequency, double phase, params long[] shape) =>
        (arange(shape.Aggregate((a, b) => a * b), dtype: ScalarType.Float64) * (12.9898 + frequency) + phase).sin().mul(43.7585).frac()
        .reshape(shape).to(ScalarType.Float32);
}
