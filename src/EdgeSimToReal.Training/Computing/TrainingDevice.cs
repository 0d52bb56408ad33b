using System.Globalization;
using EdgeSimToReal.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Computing;

/// <summary>Where a training runs.</summary>
/// <param name="Device">The CPU or one CUDA device.</param>
/// <param name="Line">One line for people: what was chosen, and why.</param>
public sealed record TrainingDevice(Device Device, string Line)
{
    /// <summary>Chooses a device.</summary>
    /// <param name="text">"auto" (the first CUDA device where there is one), "cpu", "cuda" or "cuda:N".</param>
    /// <exception cref="EdgeSimException">The text is none of these, or the machine or this build lacks the device.</exception>
    public static TrainingDevice Choose(string text) => Choose(text, cuda.is_available() ? cuda.device_count() : 0);

    /// <summary>
    /// Lets fp32 convolutions and matrix products of CUDA devices round their factors to TF32's 10 bits: several times faster on cards that
    /// can, without effect elsewhere.
    /// </summary>
    /// <param name="allowed">Whether they may.</param>
    public static void AllowTf32(bool allowed)
    {
        backends.cuda.matmul.allow_tf32 = allowed;
        backends.cudnn.allow_tf32 = allowed;
    }

    /// <summary>The choice on a machine with so many CUDA devices.</summary>
    internal static TrainingDevice Choose(string text, int count)
    {
        if (text == "cpu")
            return new TrainingDevice(CPU, "device: cpu, as configured");
        if (text == "auto" && count == 0)
            return new TrainingDevice(CPU, "device: cpu (this build or machine has no CUDA)");
        int index = text is "auto" or "cuda" ? 0
            : text.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(text["cuda:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new EdgeSimException($"There is no device '{text}'.", "Use auto, cpu, cuda or cuda:N.", ExitCode.Usage);
        if (count == 0)
        {
            throw new EdgeSimException($"The device '{text}' can't be used: this build or machine has no CUDA.",
                "Build with -p:TorchGpu=cuda on a machine with an NVIDIA driver, or use cpu.", ExitCode.Missing);
        }
        if (index >= count)
        {
            throw new EdgeSimException($"The device '{text}' can't be used: this machine has {count}, counted from 0.",
                "Use one of them, or cpu.", ExitCode.Missing);
        }
        return new TrainingDevice(new Device(DeviceType.CUDA, index),
            text == "auto" ? $"device: cuda:{index} (the first of {count})" : $"device: cuda:{index}, as configured");
    }
}
