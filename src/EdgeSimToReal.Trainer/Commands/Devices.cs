using System.Globalization;
using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Running;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>From a configuration's words to a device and what it computes in.</summary>
public static class Devices
{
    public static (Device Device, ScalarType Type) Choose(RunOptions options)
    {
        Device device = ParseDevice(options.Device);
        return (device, options.Precision switch
        {
            Precision.Bf16 => ScalarType.BFloat16,
            Precision.Auto when device.type == TorchSharp.DeviceType.CUDA => ScalarType.BFloat16,
            _ => ScalarType.Float32,
        });
    }

    public static string Name(ScalarType type) => type == ScalarType.BFloat16 ? "bf16" : "fp32";

    private static Device ParseDevice(string text)
    {
        if (text == "cpu" || (text == "auto" && !cuda.is_available()))
            return CPU;
        int index = text is "auto" or "cuda" ? 0
            : text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text["cuda:".Length..], NumberStyles.None,
                CultureInfo.InvariantCulture, out int number) ? number
            : throw new EdgeSimException($"There is no device '{text}'.", "Use auto, cpu, cuda or cuda:N.", ExitCode.Usage);
        if (!cuda.is_available())
        {
            throw new EdgeSimException($"The device '{text}' can't be used: this program or machine has no CUDA.",
                "Build with 'dotnet build -c Release -p:TorchGpu=cuda src/EdgeSimToReal.Trainer' on a machine with an NVIDIA driver, "
                + "or use --device cpu.", ExitCode.Missing);
        }
        int count = cuda.device_count();
        return index < count ? new Device(TorchSharp.DeviceType.CUDA, index)
            : throw new EdgeSimException($"There is no device '{text}': this machine has {count}.", null, ExitCode.Missing);
    }
}
