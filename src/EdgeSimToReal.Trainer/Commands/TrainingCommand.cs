using System.CommandLine;
using System.Globalization;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Evaluation.Reports;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Trainer.Verbs;
using EdgeSimToReal.Training;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Computing;
using EdgeSimToReal.Training.Configuration;
using EdgeSimToReal.Training.Data;
using EdgeSimToReal.Training.Running;
using EdgeSimToReal.Training.Watching;
using static TorchSharp.torch;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>`edgesim-train segmenter` and `edgesim-train lcsae`: a run from a configuration, or on from its last checkpoint.</summary>
public static class TrainingCommand
{
    public static Command Create<T>(TrainingVerb<T> verb)
        where T : class
    {
        Option<string?> config = new("--config", "-c") { Description = "A JSON file with the keys that differ from the preset's." };
        Option<string?> preset = new("--preset")
        {
            Description = $"The settings that everything else changes: {string.Join(", ", verb.Presets)}.",
        };
        Option<string[]> sets = SetOption();
        Option<string?> output = new("--output", "-o") { Description = "The run's folder: checkpoints, figures, pictures, weights." };
        Option<bool> resume = new("--resume") { Description = "Go on from the run's newest valid checkpoint." };
        Option<bool> dryRun = new("--dry-run") { Description = "Tell parameters, memory, schedule and configuration; train nothing." };
        Option<string?> device = new("--device") { Description = "auto, cpu, cuda or cuda:N; short for --set run.device=..." };
        Option<string?> precision = new("--precision") { Description = "auto, fp32 or bf16; short for --set run.precision=..." };
        Option<int?> threads = new Option<int?>("--threads")
        {
            Description = "Threads that compute; by default as many as other programs leave free; short for --set run.threads=...",
        }.AtLeast(1);
        Command command = new(verb.Name, verb.Description) { config, preset, sets, output, resume, dryRun, device, precision, threads };
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null && (result.GetValue(resume) || !result.GetValue(dryRun)))
                result.AddError("--output is missing: give the run's folder");
            if (result.GetValue(resume) && (result.GetValue(config) ?? result.GetValue(preset)) is not null)
                result.AddError("A resumed run has its checkpoint's configuration: --config and --preset don't go with --resume");
        });
        command.SetAction(parsed =>
        {
            List<string> changes = [.. parsed.GetValue(sets) ?? []];
            if (parsed.GetValue(device) is { } where)
                changes.Add($"run.device={where}");
            if (parsed.GetValue(precision) is { } wanted)
                changes.Add($"run.precision={wanted}");
            if (parsed.GetValue(threads) is { } count)
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"run.threads={count}"));
            RunFolder? folder = parsed.GetValue(output) is { } path ? new RunFolder(path) : null;
            using TrainingState? state = parsed.GetValue(resume) ? Latest(folder!) : null;
            if (state is null && folder is not null)
                RefuseOldRun(folder);
            ConfigurationDocument<T> document = Configure(verb, state, parsed.GetValue(preset), parsed.GetValue(config), changes);
            RunOptions options = verb.Run(document.Bind());
            options.Validate();
            ConvolutionChoice convolutions = TorchComputing.Choose();
            Terminal.Note(convolutions.Line);
            (Device place, ScalarType type) = ChooseComputing(options, convolutions);
            // What "auto" chose is recorded, so that a resumed run computes alike.
            document.Set($"run.precision={(type == ScalarType.BFloat16 ? "bf16" : "fp32")}");
            if (!parsed.GetValue(dryRun))
                document.Set(string.Create(CultureInfo.InvariantCulture, $"run.threads={TrainingThreads.Use(options.Threads, Terminal.Note)}"));
            ITraining Make(T configuration) => verb.Create(configuration, place, type);
            T configuration = document.Bind();
            return parsed.GetValue(dryRun)
                ? Tell(verb, configuration, Make, type)
                : (int)Run(verb, configuration, Make, folder!, state, type == ScalarType.BFloat16 && place.type == TorchSharp.DeviceType.CPU);
        });
        return command;
    }

    /// <summary>`--set KEY=VALUE`.</summary>
    public static Option<string[]> SetOption() => new("--set", "-s")
    {
        Description = "KEY=VALUE: changes one key, e.g. run.checkpointSteps=500 or training.0.weight=2. May be repeated.",
    };

    private static (Device Device, ScalarType Type) ChooseComputing(RunOptions options, ConvolutionChoice convolutions)
    {
        TrainingDevice device = TrainingDevice.Choose(options.Device);
        Terminal.Note(device.Line);
        TrainingDevice.AllowTf32(options.Tf32); // before the measurement, which compares with fp32 as it will be
        TrainingPrecision precision = TrainingPrecision.Choose(options.Precision, device.Device, convolutions);
        if (precision.IsSlow)
            Terminal.Warning($"{precision.Line}: fp32 would be faster");
        else
            Terminal.Note(precision.Line);
        return (device.Device, precision.Type);
    }

    private static ConfigurationDocument<T> Configure<T>(TrainingVerb<T> verb, TrainingState? state, string? preset, string? config,
        List<string> changes)
        where T : class
    {
        if (state is not null)
            return verb.Read(state, changes);
        ConfigurationDocument<T> document = verb.Begin(preset ?? verb.Presets[0]);
        if (config is not null)
            document.MergeFile(config);
        foreach (string change in changes)
            document.Set(change);
        return document;
    }

    private static TrainingState Latest(RunFolder folder)
    {
        using CheckpointStore store = new(folder.Checkpoints);
        TrainingState state = store.LoadLatest();
        foreach (string warning in state.Warnings)
            Terminal.Warning($"Passed over: {warning}");
        return state;
    }

    private static void RefuseOldRun(RunFolder folder)
    {
        using CheckpointStore store = new(folder.Checkpoints);
        if (store.Paths is [.., var last])
        {
            throw new EdgeSimException($"'{folder.Path}' holds a run already, up to '{Path.GetFileName(last)}'.",
                "Go on with --resume, or give another folder.");
        }
    }

    private static int Tell<T>(TrainingVerb<T> verb, T configuration, Func<T, ITraining> make, ScalarType type)
        where T : class
    {
        // Making it checks what a run would check: data, weights files, sizes.
        using ITraining training = make(configuration);
        // bf16 halves the maps, but norms, losses and R1 stay in fp32: measured, three quarters are left.
        PlanText.Write(Console.Out, training, verb.Plan(configuration, training), type == ScalarType.BFloat16 ? 3 : 4);
        return (int)ExitCode.Ok;
    }

    /// <summary>A step may take long: who asked for the end is to see that it was heard.</summary>
    private static void TellStop()
    {
        try
        {
            string below = Console.IsErrorRedirected ? "" : "\n"; // the line of figures
            Terminal.Note($"{below}Stopping after this step; a second signal ends at once and saves nothing.");
        }
        catch (IOException)
        {
            // A full disk under a log must not keep the step from being saved.
        }
    }

    private static void Report<T>(TrainingVerb<T> verb, T configuration, RunFolder folder)
        where T : class
    {
        new TrainingReport
        {
            Title = verb.Name,
            Command = string.Join(' ', ["edgesim-train", .. Environment.GetCommandLineArgs()[1..]]),
            Data =
            [
                .. verb.Sets(configuration).Select(part => (part.Role, part.Set.Path, ImageSet.Open(part.Set).Items)).Select(part => DataFacts.Of(
                    part.Role, part.Path, part.Items.Count, part.Items.SelectMany(item => new[] { item.Image, item.Label }).OfType<string>())),
            ],
            Computing = $"{TorchComputing.Choose().Line}; {verb.Run(configuration).Threads} threads",
            Curves = new TrainingCurves(folder.Metrics),
        }.Write(folder.Path);
    }

    private static ExitCode Run<T>(TrainingVerb<T> verb, T configuration, Func<T, ITraining> make, RunFolder folder, TrainingState? state,
        bool isHalf)
        where T : class
    {
        string library = TorchComputing.Choose().Library;
        using Interruption interruption = new();
        using CancellationTokenRegistration heard = interruption.Token.Register(TellStop);
        RunOptions options = verb.Run(configuration);
        using (ITraining training = make(configuration))
        {
            using TrainingRun run = new(training, options, folder, new ConsoleLine(Console.Error, !Console.IsErrorRedirected,
                options.LineSeconds, Console.IsErrorRedirected ? int.MaxValue : Console.WindowWidth))
            {
                Convolutions = library,
            };
            if (isHalf && training.KeptInSingle is { Count: > 0 } single)
                Terminal.Note($"in fp32, since their channels are no multiples of 8: {string.Join(", ", single)}");
            if (state is not null)
            {
                if (TrainingRun.ConvolutionsOf(state) is { } before && before != library)
                    Terminal.Warning($"Convolutions were computed by {before} up to here, and are by {library} from now on: rounding differs.");
                run.Resume(state);
                state.Dispose(); // its tensors are as large as the networks and their moments
                Terminal.Note($"Going on after step {training.Step}, from '{state.Source}'.");
            }
            if (!run.Run(interruption.Token))
            {
                Terminal.Note($"Stopped after step {training.Step}; it is saved. Go on with "
                    + $"'edgesim-train {verb.Name} --resume -o {folder.Path}'.");
                return ExitCode.Interrupted;
            }
            // By this configuration, not the checkpoint's: images may have moved since.
            using TrainingState best = RunExport.Open(folder.Path);
            training.Load(best);
            verb.Export(configuration, training, folder.Weights, new BundleTexts());
            Report(verb, configuration, folder);
            Terminal.Note($"Done. The weights of '{best.Source}' are in {folder.Weights}.");
        }
        return ExitCode.Ok;
    }
}
