using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Scene;

/// <summary>A town: all that never moves, the road, and the rules by which its own traffic moves. Immutable and shared by threads.</summary>
public sealed class TownScene
{
    private const float EgoStart = 6;

    /// <summary>Builds the town.</summary>
    /// <param name="options">Seed and amount of traffic; null for the defaults.</param>
    /// <exception cref="EdgeSimException">An option is out of range.</exception>
    public TownScene(TownOptions? options = null)
    {
        Options = options ?? new TownOptions();
        Options.Check();
        Plan = new RoadPlan(Options.Seed);
        Traffic = new Traffic(Plan, Options);
        Signals = new Signals(Options.Seed);
        (Chunks, Parked) = new TownBuilder(Plan, Options.Seed, Actors).Build();
        VehicleSpawnPoints = SpawnPoints(DrivePath.LaneOffset, 25);
        WalkerSpawnPoints = SpawnPoints(DrivePath.HalfWidth + 2, 15);
    }

    /// <summary>What the town was made from.</summary>
    public TownOptions Options { get; }

    /// <summary>The main road's centre line.</summary>
    public DrivePath Path => Plan.Path;

    /// <summary>Free places on the road's inner lanes, both directions, facing along the lane, on the ground.</summary>
    public IReadOnlyList<Pose> VehicleSpawnPoints { get; }

    /// <summary>Free places on the pavements, on the ground.</summary>
    public IReadOnlyList<Pose> WalkerSpawnPoints { get; }

    internal RoadPlan Plan { get; }

    internal Traffic Traffic { get; }

    internal Signals Signals { get; }

    internal ActorMeshes Actors { get; } = new();

    internal StaticChunk[] Chunks { get; }

    /// <summary>Parked vehicles: drawn as static meshes, listed for the darkness below them.</summary>
    internal TownActor[] Parked { get; }

    /// <summary>The default drive: a vehicle that keeps its place in the town's traffic.</summary>
    /// <param name="time">Simulated seconds.</param>
    /// <returns>The vehicle's pose on the ground. A dashboard camera sits about 1.5 m above and 0.4 m ahead of it.</returns>
    public Pose EgoPose(double time) => Path.PoseAt(EgoStart + (Traffic.EgoLaneSpeed * time));

    private List<Pose> SpawnPoints(float lateral, double step)
    {
        var points = new List<Pose>();
        for (double distance = 10; distance < Path.Length - step; distance += step)
        {
            foreach (bool backwards in (ReadOnlySpan<bool>)[false, true])
            {
                float side = backwards ? -lateral : lateral;
                Pose pose = Path.PoseAt(distance, side, backwards);
                points.Add(pose with { Z = Plan.GroundHeight(distance, side) });
            }
        }
        return points;
    }
}
