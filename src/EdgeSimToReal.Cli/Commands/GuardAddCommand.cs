using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Runtime.Bundles;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim guard add`: a segmenter that took no part in the training → the bundle's guard.</summary>
public static class GuardAddCommand
{
    public static Command Create()
    {
        Argument<string> bundle = GuardCommand.Bundle();
        Option<string> segmenter = new("--segmenter", "-s")
        {
            Description = "A segmenter.onnx that took no part in the model's training, of at most 1 GMAC at its size.",
            Required = true,
        };
        Option<(int Width, int Height)?> size =
            CommonOptions.Size("--size", "The size at which it reads pictures, multiples of 16 [256x128].");
        Option<bool> half = BundleArguments.HalfWeights();
        Command command = new("add", "Put a label guard into a bundle, or replace it; calibrate it then.") { bundle, segmenter, size, half };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(bundle)!;
            (int width, int height) = parsed.GetValue(size) ?? (256, 128);
            BundleGuard guard = BundleGuardWriter.Add(folder, parsed.GetValue(segmenter)!, width, height, parsed.GetValue(half)).Guard!;
            Terminal.Note(FormattableString.Invariant($"{folder} has the label guard {guard.Id} ({guard.Architecture}, ")
                + FormattableString.Invariant($"{guard.LabelSpace}, {guard.MultiplyAccumulates / 1e9:F2} GMAC at {guard.Width}x{guard.Height}). ")
                + "Calibrate it before it can flag: edgesim guard calibrate.");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
