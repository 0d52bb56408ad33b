using System.CommandLine;
using System.Text.Json;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Machine;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Training.Computing;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>`edgesim-train check`: how this machine would train; `edgesim doctor` shows it, too.</summary>
public static class CheckCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the lines as one JSON array of strings." };
        Command command = new("check", "Check how this machine computes: caches, convolutions, threads, what bf16 may be used for.") { json };
        command.SetAction(parsed =>
        {
            string[] lines = [.. Lines()];
            if (parsed.GetValue(json))
                Terminal.Json(JsonSerializer.Serialize(lines) + "\n");
            else
                Console.Out.WriteLine(string.Join('\n', lines));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<string> Lines()
    {
        ConvolutionChoice convolutions = TorchComputing.Choose();
        yield return $"caches: {ProcessorCaches.Read().Text}";
        yield return convolutions.Line;
        List<string> reasons = [];
        TrainingThreads.Use(0, reasons.Add);
        foreach (string reason in reasons)
            yield return reason;
        TrainingDevice device = TrainingDevice.Choose("auto");
        yield return device.Line;
        TrainingPrecision precision = TrainingPrecision.Choose(Precision.Auto, device.Device, convolutions);
        yield return precision.Line + (precision.Type == ScalarType.BFloat16 && device.Device.type == TorchSharp.DeviceType.CPU
            ? "; convolutions whose channels are no multiples of 8 stay in fp32" : "");
    }
}
