using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The town's own vehicles and people: where each is follows from the seed and the time alone.</summary>
internal sealed class Traffic
{
    /// <summary>Mean speed of the lane that the ego vehicle drives in, metres a second.</summary>
    public const float EgoLaneSpeed = 7.5f;

    private const float OtherLaneSpeed = 8.5f;

    private readonly RoadPlan _plan;
    private readonly Mover[] _movers;

    public Traffic(RoadPlan plan, TownOptions options)
    {
        _plan = plan;
        DrivePath path = plan.Path;
        var random = new StableRandom(StableRandom.Hash(options.Seed ^ 0x6D6F7665));
        var movers = new List<Mover>();
        for (int lane = 0; lane < 2; lane++)
        {
            int count = (options.Vehicles + lane) / 2;
            // The first stretch of the ego lane stays free for the ego vehicle: the next one is 22 to 30 m ahead.
            double first = lane == 0 ? random.Range(22, 30) : random.Range(0, 20), space = (path.Length - first - (lane == 0 ? 25 : 0)) / Math.Max(count, 1);
            for (int i = 0; i < count; i++)
                movers.Add(Vehicle(ref random, lane == 1, first + (i * space), (float)space));
        }
        for (int i = 0; i < options.Pedestrians; i++)
            movers.Add(Person(ref random, path.Length * (i + random.Unit()) / options.Pedestrians));
        _movers = [.. movers];
    }

    public int Count => _movers.Length;

    /// <summary>Writes all movers to the start of <paramref name="actors"/>.</summary>
    public void Fill(double time, Span<TownActor> actors)
    {
        for (int i = 0; i < _movers.Length; i++)
        {
            ref readonly Mover m = ref _movers[i];
            double phase = (m.SwayRate * time) + m.SwayPhase;
            double travelled = (m.Speed * time) + (m.Sway * StableMath.Sin(phase));
            float speed = (float)(m.Speed + (m.Sway * m.SwayRate * StableMath.Cos(phase)));
            double distance = m.Start + (m.Backwards ? -travelled : travelled);
            Pose pose = _plan.Path.PoseAt(distance, m.Lateral, m.Backwards);
            if (m.Model == ActorModel.Walker)
                pose = pose with { Z = _plan.GroundHeight(distance, m.Lateral) };
            // Wheels and legs repeat every few metres; the remainder keeps float precision over long drives.
            actors[i] = new TownActor((ushort)(TownState.FirstTrafficId + i), m.Model, m.Colour, pose, (float)(travelled % 1000), speed);
        }
    }

    private static Mover Vehicle(ref StableRandom random, bool backwards, double start, float space)
    {
        float kind = random.Unit();
        ActorModel model = kind switch
        {
            < 0.30f => ActorModel.Sedan,
            < 0.50f => ActorModel.Hatchback,
            < 0.66f => ActorModel.OffRoader,
            < 0.76f => ActorModel.Van,
            < 0.84f => ActorModel.Truck,
            < 0.89f => ActorModel.Bus,
            < 0.95f => ActorModel.Motorcycle,
            _ => ActorModel.Bicycle,
        };
        uint colour = VehiclePaint.Pick(ref random, model);
        float lateral = backwards ? -DrivePath.LaneOffset : DrivePath.LaneOffset;
        return new Mover(model, colour, backwards, start + random.Range(0, 0.2f * space), lateral, backwards ? OtherLaneSpeed : EgoLaneSpeed,
            random.Range(0, MathF.Min(4, 0.1f * space)), random.Range(0.1f, 0.25f), random.Range(0, 6.28f));
    }

    private static Mover Person(ref StableRandom random, double start)
    {
        bool right = random.Chance(0.5f);
        float lateral = (DrivePath.HalfWidth + random.Range(1.3f, 2.7f)) * (right ? 1 : -1);
        return new Mover(ActorModel.Walker, (uint)(random.Next() & 0xFFFFFF), random.Chance(0.5f), start, lateral, random.Range(1.05f, 1.6f), 0, 0, 0);
    }

    private readonly record struct Mover(
        ActorModel Model, uint Colour, bool Backwards, double Start, float Lateral, float Speed, float Sway, float SwayRate, float SwayPhase);
}
