using System.CommandLine;
using System.Diagnostics;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim bake`: freezes a bundle for a texture and size, so that the next start finds it in the cache.</summary>
public static class BakeCommand
{
    public static Command Create()
    {
        ModelOptions model = new();
        Option<string?> output = new("--output", "-o") { Description = "Also write the live graph to this ONNX file." };
        Option<string?> saveTexture = new("--save-texture") { Description = "Also store the texture code in this safetensors file." };
        Command command = new("bake", "Freeze a model for one texture and size; fills the cache, and writes the graph where asked.")
        {
            output, saveTexture,
        };
        model.AddTo(command);
        command.SetAction(parsed =>
        {
            long start = Stopwatch.GetTimestamp();
            ModelBundle bundle = ModelBundle.Load(parsed.GetValue(model.Model)!);
            PrecisionChoice precision = PrecisionChoice.Make(parsed.GetValue(model.Precision), LiveDevice.Cpu, bundle.Manifest.Half);
            TextureCode texture = model.LoadTexture(parsed, bundle);
            BakedGraph graph = model.Bake(parsed, bundle, texture, precision.Precision);
            if (parsed.GetValue(saveTexture) is { } texturePath)
                texture.Write(texturePath);
            if (parsed.GetValue(output) is { } path)
                AtomicFile.Write(path, stream => stream.Write(graph.Model));
            Terminal.Note($"{(graph.FromCache ? "Found" : "Baked")} {bundle.Manifest.Name} for {graph.Width}x{graph.Height}, "
                + $"texture {texture.Name}, {graph.Model.Length / 1e6:F1} MB, in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s.");
            Terminal.Note(precision.Reason);
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
