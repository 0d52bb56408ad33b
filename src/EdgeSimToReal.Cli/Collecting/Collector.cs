using System.Globalization;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>Simulator → filters → data set: works a plan off, entry by entry and place by place.</summary>
/// <remarks>
/// A simulator that goes away is waited for: within a place by the camera source, which sets everything up anew, between places here.
/// </remarks>
internal sealed class Collector(CollectPlan plan, CollectOptions options, CollectionWriter writer)
{
    private const int MostCandidates = 5; // times the frames of a place: then another place is tried
    private const int MostBarrenPlaces = 6; // in a row: then the entry is given up
    private const double Slack = 1e-4; // seconds: sums of steps are no decimal fractions
    private static readonly TimeSpan SideWait = TimeSpan.FromSeconds(2);

    private readonly FrameFilter _filter = new(plan.Filters);
    private bool _hasConnected;

    public CollectProgress Progress { get; } = new();

    /// <summary>Frames of the plan that are kept, those of earlier runs too.</summary>
    public long Done { get; private set; }

    /// <summary>Collects what is missing.</summary>
    /// <returns>The frames that each entry lacks at the end, by its key; none when the plan is fulfilled.</returns>
    public IReadOnlyDictionary<string, int> Run(CancellationToken cancellation)
    {
        Dictionary<string, int> kept = Recall();
        Dictionary<string, int> lacking = [];
        PlanEntry[] entries = plan.Entries();
        Done = entries.Sum(entry => Math.Min(entry.Frames, kept.GetValueOrDefault(entry.Key)));
        for (int i = 0; i < entries.Length; i++)
        {
            int missing = entries[i].Frames - kept.GetValueOrDefault(entries[i].Key);
            if (missing > 0 && !cancellation.IsCancellationRequested)
                missing = Collect(entries[i], i, missing, cancellation);
            if (missing > 0)
                lacking.Add(entries[i].Key, missing);
        }
        writer.Complete();
        return lacking;
    }

    private Dictionary<string, int> Recall()
    {
        Dictionary<string, int> kept = [];
        foreach (LabelManifestEntry line in writer.Earlier)
        {
            // A plan without maps takes whichever runs, so the line's map says nothing then.
            string key = PlanEntry.KeyOf(plan.Maps.Count == 0 ? null : line.Map, line.Weather, line.Camera);
            kept[key] = kept.GetValueOrDefault(key) + 1;
            if (ulong.TryParse(line.Hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hash))
                _filter.Remember(key, hash);
        }
        return kept;
    }

    private int Collect(PlanEntry entry, int number, int missing, CancellationToken cancellation)
    {
        int barren = 0;
        // Where an earlier run ended, another place is begun: the frames that follow are as good as those that were not come to.
        for (int place = (entry.Frames - missing) / plan.FramesPerPlace; missing > 0 && !cancellation.IsCancellationRequested; place++)
        {
            int kept = CollectAt(entry, PlaceSeed(number, place), Math.Min(missing, plan.FramesPerPlace), cancellation);
            missing -= kept;
            barren = kept > 0 ? 0 : barren + 1;
            if (barren == MostBarrenPlaces)
            {
                Terminal.Warning($"{entry.Key}: the last {barren} places gave no frame that passes the filters; it lacks {missing}. "
                    + "Loosen the filters or add traffic.");
                break;
            }
        }
        return missing;
    }

    /// <summary>Keeps frames of one drive.</summary>
    /// <returns>How many.</returns>
    private int CollectAt(PlanEntry entry, int seed, int wanted, CancellationToken cancellation)
    {
        using CarlaCameraSource? source = Open(entry, seed, cancellation);
        if (source is null)
            return 0;
        float[] depth = plan.Depth ? new float[plan.Width * plan.Height] : [];
        ushort[] instances = plan.Instances ? new ushort[plan.Width * plan.Height] : [];
        string map = source.MapName;
        int kept = 0;
        double last = double.NegativeInfinity;
        for (int candidates = 0; kept < wanted && candidates < wanted * MostCandidates;)
        {
            if (source.Take(cancellation) is not { } frame)
                break;
            // A server that was started anew counts time from 0 again.
            if (frame.SimulatedTime >= last && frame.SimulatedTime - last < plan.Interval - Slack)
            {
                source.Return(frame);
                continue;
            }
            last = frame.SimulatedTime;
            candidates++;
            bool isWhole = (depth.Length == 0 || source.TryTakeDepth(frame.Id, depth, SideWait))
                && (instances.Length == 0 || source.TryTakeInstances(frame.Id, instances, SideWait));
            if (!isWhole)
            {
                Progress.CountIncomplete();
            }
            else
            {
                FrameVerdict verdict = _filter.Judge(frame, depth, entry.Key, out double traffic, out ulong hash);
                Progress.Count(verdict);
                if (verdict == FrameVerdict.Kept)
                {
                    writer.Add(new CollectedFrame(Copy(frame), plan.Depth ? [.. depth] : null, plan.Instances ? [.. instances] : null,
                        new LabelManifestEntry("")
                        {
                            Map = entry.Map ?? map,
                            Weather = entry.Weather?.Name,
                            Camera = entry.Camera.Name,
                            Seed = plan.Seed,
                            Simulator = source.ServerVersion,
                            Traffic = Math.Round(traffic, 5),
                            Hash = hash.ToString("x16", CultureInfo.InvariantCulture),
                        }));
                    kept++;
                    Done++;
                }
            }
            source.Return(frame);
        }
        FrameDrops drops = source.Drops;
        Progress.Lost += drops.Total;
        Progress.Unpaired += drops.Damaged;
        Progress.Reconnects += source.Reconnects;
        return kept;
    }

    /// <summary>Opens the camera, waiting for a simulator that was there before.</summary>
    private CarlaCameraSource? Open(PlanEntry entry, int seed, CancellationToken cancellation)
    {
        long giveUp = Environment.TickCount64 + (long)options.GiveUpAfter.TotalMilliseconds;
        TimeSpan pause = TimeSpan.FromSeconds(0.5), longest = TimeSpan.FromSeconds(10);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                CarlaCameraSource source = new(Camera(entry, seed));
                _hasConnected = true;
                return source;
            }
            catch (EdgeSimException error) when (error.ExitCode == ExitCode.Connection && _hasConnected && Environment.TickCount64 < giveUp)
            {
                cancellation.WaitHandle.WaitOne(pause);
                pause = pause < longest ? 2 * pause : pause;
            }
        }
        return null;
    }

    private CarlaCameraOptions Camera(PlanEntry entry, int seed)
    {
        PlanCamera camera = entry.Camera;
        PlanTraffic traffic = plan.Traffic ?? new();
        bool isId = uint.TryParse(plan.Vehicle.Attach, NumberStyles.None, CultureInfo.InvariantCulture, out uint id);
        CarlaCameraOptions result = new()
        {
            Client = new CarlaClientOptions { Host = options.Host, Port = options.Port },
            Width = plan.Width,
            Height = plan.Height,
            FieldOfView = camera.Fov,
            Mount = new(new(camera.X, camera.Y, camera.Z), new(camera.Pitch, camera.Yaw, camera.Roll)),
            WithTags = true,
            WithDepth = plan.Depth,
            WithInstances = plan.Instances,
            VehicleId = isId ? id : null,
            VehicleRole = isId ? null : plan.Vehicle.Attach,
            Drive = plan.Vehicle.Drive,
            Speed = plan.Vehicle.Speed,
            SpawnPoint = seed % 100_000,
            Synchronous = options.Synchronous,
            FixedDeltaSeconds = plan.StepSeconds,
            // Whoever collects wants every frame, however old.
            Deadline = Timeout.InfiniteTimeSpan,
            GiveUpAfter = options.GiveUpAfter,
            Map = options.Join ? null : entry.Map,
            Weather = options.Join ? null : entry.Weather,
            Traffic = options.Join || traffic.Vehicles + traffic.Pedestrians == 0 ? null : new()
            {
                Vehicles = traffic.Vehicles,
                Pedestrians = traffic.Pedestrians,
                Drive = traffic.Drive,
                Speed = traffic.Speed,
                Seed = seed,
            },
            TrafficManagerPort = traffic.ManagerPort,
        };
        return plan.Vehicle.Blueprint is { } blueprint ? result with { VehicleBlueprint = blueprint } : result;
    }

    private int PlaceSeed(int entry, int place) => new Random(HashCode32(plan.Seed, entry, place)).Next();

    /// <summary>The same on every machine and in every run, unlike <see cref="HashCode"/>.</summary>
    private static int HashCode32(ulong seed, int entry, int place)
    {
        ulong mixed = seed + (0x9E3779B97F4A7C15 * (((ulong)entry << 32) + (ulong)place + 1));
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 33);
    }

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height, withTags: true) { TagSpace = frame.TagSpace };
        frame.Bgra.CopyTo(copy.Bgra, 0);
        frame.Tags.CopyTo(copy.Tags, 0);
        copy.CopyIdentityFrom(frame);
        return copy;
    }
}
