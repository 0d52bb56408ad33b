using System.CommandLine;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Guard;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Runtime.Textures;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim translate`: source → realistic frames → sink.</summary>
public static class TranslateCommand
{
    private const int DefaultWarmUp = 10;
    private const int DefaultGuardEvery = 10;

    public static Command Create()
    {
        SourceOptions source = new();
        ModelOptions model = new();
        Option<string> output = new("--output", "-o")
        {
            Description = "A video (.mp4, .avi, .mkv), a folder, - for raw BGRA frames on standard output, or none.",
            Required = true,
        };
        Option<FitPolicy> fit = CommonOptions.Fit();
        DeviceOptions device = new();
        Option<bool> passThrough = new("--passthrough") { Description = "Send the source's frames on unchanged." };
        Option<GuardPolicy> guard = CommonOptions.Choice("--guard", GuardPolicy.Off,
            "What the model's label guard does about frames whose labels did not survive: off, report (counts them), flag (also tells "
            + "their numbers), passthrough (the simulator's frame goes out instead; every frame waits for its verdict).");
        Option<int?> guardEvery = new Option<int?>("--guard-every")
        {
            Description = "Judge every which frame, beside the live path [10; 1 with --guard passthrough].",
        }.Between(1, 1_000_000);
        Option<bool> sideBySide = new("--side-by-side") { Description = "A video shows the simulator beside the translation." };
        Option<double> videoRate = new Option<double>("--video-rate")
        {
            Description = "Frames a second of a video; 0: the source's.",
            DefaultValueFactory = _ => 0,
        }.Between(0.0, 1000.0);
        Option<bool> append = new("--append") { Description = "Go on in a labelled folder that exists." };
        Option<long> frames = new Option<long>("--frames", "-n")
        {
            Description = "Stop after so many frames; 0: no limit.",
            DefaultValueFactory = _ => 0,
        }.AtLeast(0L);
        Option<double?> seconds = new Option<double?>("--seconds") { Description = "Stop after this time." }.Between(0.001, 1e6);
        Option<int> warmUp = new Option<int>("--warm-up")
        {
            Description = "Frames left out of the latency report (of a short run, at most a quarter).",
            DefaultValueFactory = _ => DefaultWarmUp,
        }.AtLeast(0);
        Option<string?> latency = new("--latency")
        {
            Description = "Write the latency report to this .json, and its plot beside it (.png).",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new("translate", "Translate a simulator's camera, a video or images; labels are kept.")
        {
            output, fit, passThrough, guard, guardEvery, sideBySide, videoRate, append, frames, seconds, warmUp, latency, json,
        };
        source.AddTo(command);
        model.AddTo(command);
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            string sinkName = parsed.GetValue(output)!;
            SinkFactory.CheckName(sinkName, parsed.GetValue(source.Source)!);
            if (parsed.GetValue(latency) is { } report && !Path.GetExtension(report).Equals(".json", StringComparison.OrdinalIgnoreCase))
            {
                throw new EdgeSimException($"The latency report '{report}' is no .json file.", "Name it so; its plot gets .png.",
                    ExitCode.Usage);
            }
            if (sinkName == "-" && parsed.GetValue(json))
            {
                throw new EdgeSimException("Standard output can't carry frames and JSON at once.",
                    "Use --latency FILE instead of --json.", ExitCode.Usage);
            }
            GuardPolicy policy = parsed.GetValue(guard);
            if (policy == GuardPolicy.Passthrough && parsed.GetValue(guardEvery) is > 1)
            {
                throw new EdgeSimException("--guard passthrough judges every frame before it goes out.",
                    "Leave --guard-every away, or use --guard flag.", ExitCode.Usage);
            }
            if (policy == GuardPolicy.Passthrough && parsed.GetValue(device.Mode) == LiveMode.Throughput)
            {
                throw new EdgeSimException("--guard passthrough lets every frame wait for its verdict, so none can overlap.",
                    "Use --mode latency, or --guard flag.", ExitCode.Usage);
            }
            bool guarded = policy != GuardPolicy.Off && !parsed.GetValue(passThrough);
            int every = policy == GuardPolicy.Passthrough ? 1 : parsed.GetValue(guardEvery) ?? DefaultGuardEvery;
            WarnIf(policy != GuardPolicy.Off && !guarded, "--guard", "nothing is translated");
            WarnIf(policy == GuardPolicy.Off && parsed.GetValue(guardEvery) is not null, "--guard-every", "the guard is off");
            // The model first: a wrong bundle or photo is told before a vehicle is spawned.
            using IFrameTranslator translator = parsed.GetValue(passThrough)
                ? new PassThroughTranslator()
                : Load(parsed, model, parsed.GetValue(fit), device, policy, every);
            if (parsed.GetValue(passThrough))
                device.WarnUnused(parsed, "nothing is translated");
            bool tags = parsed.GetValue(source.Tags) || translator.NeedsTags;
            using IFrameSource frameSource = SourceFactory.Open(parsed, source, tags);
            bool isSimulator = frameSource is CarlaCameraSource or TownSource;
            bool labelled = frameSource is ImageFolderSource { HasLabels: true } || (tags && isSimulator);
            if (translator.NeedsTags && !labelled)
            {
                throw guarded ? LabelGuard.TagsMissing(frameSource.Description) : LiveTranslator.TagsMissing(frameSource.Description);
            }
            WarnIf(parsed.GetValue(source.Tags) && !isSimulator, "--tags", "only a simulator's camera tells tags");
            using IFrameSink sink = SinkFactory.Open(sinkName, frameSource, labelled, parsed.GetValue(sideBySide),
                parsed.GetValue(videoRate), parsed.GetValue(append));
            WarnIf(parsed.GetValue(sideBySide) && sink is not VideoSink, "--side-by-side", "the output is no video");
            WarnIf(parsed.GetValue(append) && sink is not LabelledFolderSink, "--append", "the output is no labelled folder");
            (ExitCode code, LatencyReport result) = LiveRun.Run(frameSource, translator, sink, sinkName, parsed.GetValue(frames),
                parsed.GetValue(warmUp), parsed.GetValue(seconds) is { } limit ? TimeSpan.FromSeconds(limit) : null,
                parsed.GetValue(latency));
            if (parsed.GetValue(json))
                Terminal.Json(LatencyReportJson.Write(result));
            else
                LiveRun.Show(result);
            return (int)code;
        });
        return command;
    }

    private static void WarnIf(bool useless, string option, string reason)
    {
        if (useless)
            Terminal.Warning($"{option} has no effect: {reason}.");
    }

    private static IFrameTranslator Load(ParseResult parsed, ModelOptions model, FitPolicy fit, DeviceOptions device, GuardPolicy policy,
        int every)
    {
        DeviceChoice choice = DeviceChoice.Make(parsed.GetValue(device.Device));
        ModelBundle bundle = ModelBundle.Load(parsed.GetValue(model.Model)!);
        TextureCode texture = model.LoadTexture(parsed, bundle);
        if (choice.Device == LiveDevice.Cuda)
        {
            try
            {
                return LoadOn(LiveDevice.Cuda);
            }
            catch (EdgeSimException error) when (parsed.GetValue(device.Device) == LiveDevice.Auto && error.ExitCode == ExitCode.Missing)
            {
                choice = new DeviceChoice(LiveDevice.Cpu, $"Device: CPU. {error.Message}");
            }
        }
        Terminal.Note(choice.Reason);
        device.WarnUnused(parsed, "the network runs on the CPU");
        return LoadOn(LiveDevice.Cpu);

        IFrameTranslator LoadOn(LiveDevice on)
        {
            PrecisionChoice precision = PrecisionChoice.Make(parsed.GetValue(model.Precision), on, bundle.Manifest.Half);
            BakedGraph graph = model.Bake(parsed, bundle, texture, precision.Precision, on == LiveDevice.Cuda ? device.Cuda(parsed) : null);
            string description = $"{bundle.Manifest.Name} at {graph.Width}x{graph.Height}, texture {texture.Name}";
            int threads = parsed.GetValue(model.Threads);
            IFrameTranslator translator = on == LiveDevice.Cuda
                ? new CudaLiveTranslator(graph, fit, description, device.Cuda(parsed), parsed.GetValue(device.Mode))
                : new LiveTranslator(graph, fit, description, threads);
            try
            {
                if (on == LiveDevice.Cuda)
                {
                    Terminal.Note($"Device: {translator.Device}.");
                    if (CudaOps.Refusal() is { } refusal)
                        Terminal.Note($"Standard operators take the native ones' place on the GPU, more slowly. {refusal}");
                }
                Terminal.Note(precision.Reason);
                if (policy == GuardPolicy.Off)
                    return translator;
                bool covered = true;
                if (bundle.Manifest.Guard?.Threshold is { } threshold
                    && !(threshold.Covers(texture.Name, graph.Width, graph.Height) && IsWhatItsNameSays(texture, bundle)))
                {
                    covered = false;
                    Terminal.Warning($"The label guard was calibrated at {threshold.Width}x{threshold.Height} with the textures "
                        + $"{threshold.Texture}; nobody knows how many good frames fail at {graph.Width}x{graph.Height} with {texture.Name}. "
                        + "Calibrate it for them: edgesim guard calibrate.");
                }
                return Guard(translator, bundle, policy, every, threads, precision.Precision, covered);
            }
            catch
            {
                translator.Dispose();
                throw;
            }
        }
    }

    // A photograph may have the name of one of the model's own textures.
    private static bool IsWhatItsNameSays(TextureCode texture, ModelBundle bundle) => !bundle.TextureNames.Contains(texture.Name)
        || bundle.Texture(texture.Name).Values.Span.SequenceEqual(texture.Values.Span);

    private static GuardedTranslator Guard(IFrameTranslator translator, ModelBundle bundle, GuardPolicy policy, int every, int threads,
        LivePrecision precision, bool covered)
    {
        if (translator is CudaLiveTranslator cuda)
        {
            try
            {
                return Guard(translator, new CudaLabelGuard(cuda, bundle, policy), policy, every, covered);
            }
            catch (EdgeSimException error) when (error.InnerException is OnnxRuntimeException)
            {
                Terminal.Warning($"The label guard runs on the CPU. {error.Message}");
            }
        }
        // One thread where it runs beside the live path, of which it must not take more than a core.
        LivePrecision computing = precision == LivePrecision.Bf16 ? LivePrecision.Bf16 : LivePrecision.Fp32;
        return Guard(translator, new LabelGuard(bundle, policy == GuardPolicy.Passthrough ? threads : 1, computing), policy, every, covered);
    }

    private static GuardedTranslator Guard(IFrameTranslator translator, ILabelGuard guard, GuardPolicy policy, int every,
        bool covered)
    {
        try
        {
            GuardedTranslator guarded = new(translator, guard, policy, every, reading =>
                Terminal.Warning($"The labels of frame {reading.Frame} did not survive: score "
                    + FormattableString.Invariant($"{reading.Score(guard.Description.Threshold!):F2}, threshold ")
                    + FormattableString.Invariant($"{guard.Description.Threshold!.Score:F2}.")), covered);
            // Known once it is warmed up.
            if (guard.Note.Length > 0)
                Terminal.Note($"Device: {guard.Note}.");
            return guarded;
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }
}
