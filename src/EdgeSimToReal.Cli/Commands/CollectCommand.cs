using System.CommandLine;
using System.Diagnostics;
using EdgeSimToReal.Cli.Collecting;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim collect`: a simulator's labelled frames, by a plan → labelled folder.</summary>
public static class CollectCommand
{
    public static Command Create()
    {
        CollectPlan standard = new();
        Argument<string> source = new("source")
        {
            Description = "carla://HOST:PORT, or town:// (the built-in simulator).",
            DefaultValueFactory = _ => SourceFactory.TownScheme,
        };
        Option<string?> output = new("--output", "-o") { Description = "Folder to create." };
        Option<string?> planFile = new("--plan", "-p")
        {
            Description = "The plan (JSON): maps, weathers, cameras, frames, traffic, filters [the running map in dry daylight].",
        };
        Option<bool> printPlan = new("--print-plan") { Description = "Print the plan as JSON, as a start for one of your own, and end." };
        Option<int?> frames = new Option<int?>("--frames", "-n") { Description = "Frames to keep in all [the plan's]." }.AtLeast(1);
        Option<bool> resume = new("--resume") { Description = "Go on in a folder that holds a part of the plan's frames." };
        Option<bool> asynchronous = new("--async")
        {
            Description = "Take frames as they come, instead of letting the simulator wait; the plan's interval is then wall time, so 0.5 keeps "
                + "two frames a second at most.",
        };
        Option<bool> join = new("--join")
        {
            Description = "Join a world that somebody else runs: map, weather, traffic and time stay theirs (implies --async).",
        };
        Option<string?> attach = new("--attach") { Description = "Mount the cameras on an existing vehicle: its role name or id." };
        Option<double> giveUp = new Option<double>("--give-up")
        {
            Description = "Seconds to wait for a simulator that has gone away.",
            DefaultValueFactory = _ => 300,
        }.Between(0.0, 1e6);
        Option<ulong> seed = new("--seed") { Description = "Seed of the built-in simulator (town://).", DefaultValueFactory = _ => 1 };
        Option<double> rate = new Option<double>("--rate")
        {
            Description = "Frames a second of the built-in simulator (town://) with --async.",
            DefaultValueFactory = _ => 30,
        }.Between(0.1, 1000.0);
        Option<bool> jpeg = new("--jpeg") { Description = "Write images as JPEG instead of PNG." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("collect",
            "Collect labelled frames from CARLA or the built-in simulator: varied, with traffic, without near-duplicates.")
        {
            source, output, planFile, printPlan, frames, resume, asynchronous, join, attach, giveUp, seed, rate, jpeg, json,
        };
        command.SetAction(parsed =>
        {
            CollectPlan plan = parsed.GetValue(planFile) is { } path ? CollectPlan.Read(path) : standard;
            plan = plan with { Frames = parsed.GetValue(frames) ?? plan.Frames };
            if (parsed.GetValue(attach) is { } role)
                plan = plan with { Vehicle = plan.Vehicle with { Attach = role } };
            if (parsed.GetValue(join))
                plan = plan with { Maps = [], Weathers = [] }; // theirs, whatever they are
            string address = parsed.GetValue(source)!;
            bool isTown = address.StartsWith(SourceFactory.TownScheme, StringComparison.Ordinal);
            plan = isTown ? ForTown(plan) : plan with { Traffic = plan.Traffic ?? new() };
            if (parsed.GetValue(printPlan))
            {
                Terminal.Json(plan.ToJson());
                return (int)ExitCode.Ok;
            }
            string folder = parsed.GetValue(output) ?? throw new EdgeSimException("Where to write is not said.", "Add --output FOLDER.",
                ExitCode.Usage);
            if (parsed.GetValue(join) && plan.Vehicle.Attach is null)
            {
                throw new EdgeSimException("A world that is joined has its own vehicles.",
                    "Say which one carries the camera: --attach ROLE.", ExitCode.Usage);
            }
            using TownServer? town = isTown
                ? TownServer.Start(new TownServerOptions { Seed = parsed.GetValue(seed), Rate = parsed.GetValue(rate) })
                : null;
            (string host, int port) = town is null ? SourceFactory.Address(address) : ("127.0.0.1", town.Port);
            CollectOptions options = new()
            {
                Host = host,
                Port = port,
                Synchronous = !parsed.GetValue(asynchronous) && !parsed.GetValue(join),
                Join = parsed.GetValue(join),
                GiveUpAfter = TimeSpan.FromSeconds(parsed.GetValue(giveUp)),
            };
            using CollectionWriter writer = new(folder, parsed.GetValue(jpeg) ? ".jpg" : ".png", isTown ? "town" : address,
                parsed.GetValue(resume));
            string planPath = Path.Combine(folder, "plan.json");
            if (writer.Earlier.Count > 0 && File.Exists(planPath) && !plan.GivesFramesLike(CollectPlan.Read(planPath)))
            {
                throw new EdgeSimException($"'{folder}' holds frames of another kind than the plan's: their size, depth or instances differ.",
                    $"Go on with its own plan (--plan {planPath}), or write elsewhere.", ExitCode.Output);
            }
            AtomicFile.WriteText(planPath, plan.ToJson());
            Collector collector = new(plan, options, writer);
            using Interruption interruption = new();
            long start = Stopwatch.GetTimestamp();
            IReadOnlyDictionary<string, int> lacking;
            using (new ProgressLine(() => collector.Done, () => plan.Frames, detail: collector.Progress.ToString))
                lacking = collector.Run(interruption.Token);
            CollectReport report = CollectReport.Create(collector.Progress, writer.Earlier.Count, Stopwatch.GetElapsedTime(start), lacking);
            if (parsed.GetValue(json))
                Terminal.Json(report.ToJson());
            Terminal.Note($"{report.Kept} frames kept in {report.Seconds} s ({report.FramesPerSecond}/s), {report.Frames} in '{folder}'; "
                + $"{collector.Progress}; {report.Unpaired} without partner, {report.Lost} lost, {report.Reconnects} reconnects.");
            return (int)(interruption.Requested ? ExitCode.Interrupted : ExitCode.Ok);
        });
        return command;
    }

    /// <summary>The Town has a street full of traffic, which its own car keeps clear of; what is spawned knows nothing of it.</summary>
    private static CollectPlan ForTown(CollectPlan plan)
    {
        if (plan.Vehicle.Attach is null && plan.Vehicle.Blueprint is null)
        {
            // The Town's car follows the clock, however long a step is.
            plan = plan with { Vehicle = plan.Vehicle with { Attach = TownServer.HeroRole }, Step = plan.Step ?? plan.StepSeconds };
        }
        return plan with { Traffic = plan.Traffic ?? new() { Vehicles = 0, Pedestrians = 0 } };
    }
}
