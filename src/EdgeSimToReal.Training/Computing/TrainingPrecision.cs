using System.Diagnostics;
using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Networks.Computing;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Computing;

/// <summary>What the networks compute in: the type of the images that they are given. Masters, losses, norms and R1 are fp32.</summary>
/// <param name="Type">fp32 or bf16.</param>
/// <param name="Line">One line for people: what was chosen, and why.</param>
/// <param name="IsSlow">Whether bf16 was configured though fp32 is faster: worth a warning.</param>
/// <remarks>
/// Where a measurement decides, another start may decide otherwise: a run that must go on to the bit records <see cref="Type"/>.
/// </remarks>
public sealed record TrainingPrecision(ScalarType Type, string Line, bool IsSlow = false)
{
    /// <summary>bf16 must be at least so much faster that its roundings are worth it.</summary>
    public const double LeastGain = 1.2;

    /// <summary>Chooses a precision; takes up to a second where it measures.</summary>
    /// <param name="wanted">What was configured.</param>
    /// <param name="device">Where the training runs.</param>
    /// <param name="convolutions">How this machine's processor computes convolutions.</param>
    /// <exception cref="EdgeSimException">bf16 is configured, and this processor's convolutions of bf16 numbers are wrong.</exception>
    public static TrainingPrecision Choose(Precision wanted, Device device, ConvolutionChoice convolutions)
    {
        bool isProcessor = device.type == DeviceType.CPU;
        return isProcessor && WithoutBf16(wanted, convolutions) is { } single ? single
            : Choose(wanted, isProcessor ? "processor" : "device", isProcessor ? ProcessorFlags.Read() : null, () => Gain(device));
    }

    /// <summary>The choice of fp32 where the processor's bf16 convolutions are slow or wrong; null where bf16 may be chosen.</summary>
    /// <exception cref="EdgeSimException">bf16 is configured, and this processor's convolutions of bf16 numbers are wrong.</exception>
    internal static TrainingPrecision? WithoutBf16(Precision wanted, ConvolutionChoice convolutions)
    {
        if (wanted == Precision.Fp32 || convolutions.IsBf16Right)
            return null;
        // libtorch's own are slow in bf16, and less exact: they are computed only where somebody asks for them by name.
        if (!convolutions.UsesOneDnn)
            return wanted == Precision.Auto ? new TrainingPrecision(ScalarType.Float32, "precision: fp32 (oneDNN, which bf16 takes, is off)") : null;
        return wanted == Precision.Auto
            ? new TrainingPrecision(ScalarType.Float32, "precision: fp32 (bf16 convolutions are wrong on this processor)")
            : throw new EdgeSimException("bf16 convolutions are wrong on this processor, as oneDNN computes them.",
                "Use --precision fp32, or auto.", ExitCode.Missing);
    }

    /// <summary>The choice, given what the device is and does.</summary>
    /// <param name="wanted">What was configured.</param>
    /// <param name="device">The device's name in the line.</param>
    /// <param name="flags">A processor's features by their Linux names; null for other devices.</param>
    /// <param name="gain">Measures how many times faster than fp32 bf16 is.</param>
    internal static TrainingPrecision Choose(Precision wanted, string device, IReadOnlySet<string>? flags, Func<double> gain)
    {
        switch (wanted)
        {
            case Precision.Fp32:
                return new TrainingPrecision(ScalarType.Float32, "precision: fp32, as configured");
            case Precision.Auto when flags is not null && flags.Contains("amx_bf16"):
                return new TrainingPrecision(ScalarType.BFloat16, $"precision: bf16 (this {device} has AMX)");
            case Precision.Auto when flags is not null && !flags.Contains("avx512_bf16"):
                return new TrainingPrecision(ScalarType.Float32, $"precision: fp32 (this {device} has no bf16 instructions)");
        }
        double measured = gain();
        string found = string.Create(CultureInfo.InvariantCulture, $"bf16 measured {measured:F1}x on this {device}");
        return wanted == Precision.Bf16
            ? new TrainingPrecision(ScalarType.BFloat16, $"precision: bf16, as configured ({found})", measured < 1)
            : measured >= LeastGain ? new TrainingPrecision(ScalarType.BFloat16, $"precision: bf16 ({found})")
            : new TrainingPrecision(ScalarType.Float32, $"precision: fp32 ({found})");
    }

    /// <summary>How many times faster a convolution's forward and backward pass is in bf16 than in fp32.</summary>
    private static double Gain(Device device)
    {
        using IDisposable pause = CollectionPause.Begin(), scope = NewDisposeScope();
        // A layer of preset "edge"; large enough on a GPU that its work outweighs its start.
        (long count, long channels) = device.type == DeviceType.CPU ? (1, 32) : (16, 128);
        Tensor image = Values(count, 64, 128, channels).permute(0, 3, 1, 2), weight = Values(channels, channels, 3, 3);
        (double single, double half) = (double.MaxValue, double.MaxValue);
        // In turns, and the best of each: what else the machine does then strikes both alike.
        for (int i = 0; i < 6; i++)
        {
            single = Math.Min(single, Seconds(ScalarType.Float32));
            half = Math.Min(half, Seconds(ScalarType.BFloat16));
        }
        return single / half;

        double Seconds(ScalarType type)
        {
            using IDisposable pass = NewDisposeScope();
            Tensor x = image.to(type).detach().requires_grad_(), w = weight.to(type).detach().requires_grad_();
            Wait(x);
            long start = Stopwatch.GetTimestamp();
            Tensor loss = nn.functional.leaky_relu(nn.functional.conv2d(x, w, padding: [1, 1]), 0.2).sum();
            loss.backward();
            Wait(x.grad!);
            Wait(w.grad!);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        // Not random: the generator's state belongs to the training, and TorchSharp makes generators of its own for the CPU alone.
        Tensor Values(params long[] shape) => arange(shape.Aggregate((a, b) => a * b), dtype: ScalarType.Float32, device: device).sin().reshape(shape);

        static void Wait(Tensor result) => result.sum(ScalarType.Float32).item<float>(); // a GPU's work runs beside the program
    }
}
