using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The meshes of all actor models and how their parts move.</summary>
internal sealed class ActorMeshes
{
    /// <summary>The most parts that one actor has.</summary>
    public const int MaximumParts = 3 + PersonMeshes.Parts;

    private readonly Mesh[] _bodies = new Mesh[Enum.GetValues<ActorModel>().Length];
    private readonly Mesh[] _wheels = new Mesh[Enum.GetValues<ActorModel>().Length];
    private readonly PersonMeshes _walker = new(TownTag.Pedestrian), _rider = new(TownTag.Rider);

    public ActorMeshes()
    {
        void Set(ActorModel model, Mesh body, Mesh wheel) => (_bodies[(int)model], _wheels[(int)model]) = (body, wheel);
        Set(ActorModel.Sedan, CarMeshes.Sedan(), LargeVehicleMeshes.Wheel(0.325f, 0.22f, TownTag.Car));
        Set(ActorModel.Hatchback, CarMeshes.Hatchback(), LargeVehicleMeshes.Wheel(0.30f, 0.2f, TownTag.Car));
        Set(ActorModel.OffRoader, CarMeshes.OffRoader(), LargeVehicleMeshes.Wheel(0.38f, 0.25f, TownTag.Car));
        Set(ActorModel.Van, CarMeshes.Van(), LargeVehicleMeshes.Wheel(0.34f, 0.22f, TownTag.Car));
        Set(ActorModel.Truck, LargeVehicleMeshes.Truck(), LargeVehicleMeshes.Wheel(0.48f, 0.3f, TownTag.Truck));
        Set(ActorModel.Bus, LargeVehicleMeshes.Bus(), LargeVehicleMeshes.Wheel(0.5f, 0.3f, TownTag.Bus));
        Set(ActorModel.Motorcycle, LargeVehicleMeshes.Motorcycle(), LargeVehicleMeshes.CycleWheel(0.30f, 0.06f, TownTag.Motorcycle));
        Set(ActorModel.Bicycle, LargeVehicleMeshes.Bicycle(), LargeVehicleMeshes.CycleWheel(0.33f, 0.02f, TownTag.Bicycle));
    }

    /// <summary>Half length and half width in metres.</summary>
    public static Vector2 HalfExtents(ActorModel model) => model switch
    {
        ActorModel.Sedan => new(2.38f, 0.95f),
        ActorModel.Hatchback => new(1.98f, 0.91f),
        ActorModel.OffRoader => new(2.33f, 1.0f),
        ActorModel.Van => new(2.77f, 1.03f),
        ActorModel.Truck => new(4.13f, 1.24f),
        ActorModel.Bus => new(5.92f, 1.3f),
        ActorModel.Motorcycle => new(1.05f, 0.36f),
        ActorModel.Bicycle => new(0.88f, 0.28f),
        _ => new(0.28f, 0.28f),
    };

    /// <summary>Height in metres.</summary>
    public static float Height(ActorModel model) => model switch
    {
        ActorModel.Sedan => 1.48f,
        ActorModel.Hatchback => 1.53f,
        ActorModel.OffRoader => 1.81f,
        ActorModel.Van => 2.17f,
        ActorModel.Truck => 3.31f,
        ActorModel.Bus => 3.26f,
        ActorModel.Motorcycle or ActorModel.Bicycle => 1.75f,
        _ => 1.8f,
    };

    /// <summary>Radius of a sphere about the point 1 m above the origin that holds the model.</summary>
    public static float Radius(ActorModel model)
    {
        Vector2 half = HalfExtents(model);
        float up = MathF.Max(1.1f, Height(model) - 1);
        return MathF.Sqrt((half.X * half.X) + (half.Y * half.Y) + (up * up)) + 0.3f;
    }

    public static float FarLimit(ActorModel model) => model == ActorModel.Walker ? 160 : 340;

    /// <summary>Writes an actor's parts; returns their number.</summary>
    public int Place(in TownActor actor, Span<DrawPart> parts)
    {
        Affine at = Affine.From(actor.Pose);
        ActorModel model = actor.Model;
        if (model == ActorModel.Walker)
            return _walker.Place(in at, actor.Colour, actor.Travelled, actor.Id, parts);
        parts[0] = new DrawPart { Mesh = _bodies[(int)model], Place = at, Colour = actor.Colour, Instance = actor.Id };
        (float front, float rear, float side, float radius) = Axles(model);
        // Rolling forward turns a wheel's top ahead: a negative pitch.
        float turn = -actor.Travelled / radius;
        int count = 1;
        foreach (float axle in (ReadOnlySpan<float>)[front, rear])
        {
            if (side == 0)
            {
                parts[count++] = Wheel(model, in at, new Vector3(axle, 0, radius), turn, actor.Id);
            }
            else
            {
                parts[count++] = Wheel(model, in at, new Vector3(axle, side, radius), turn, actor.Id);
                parts[count++] = Wheel(model, in at, new Vector3(axle, -side, radius), turn, actor.Id);
            }
        }
        if (model is ActorModel.Motorcycle)
            count += _rider.PlaceRider(in at, actor.Colour * 7919, 0.92f, 0.3f, 0, actor.Id, parts[count..]);
        else if (model is ActorModel.Bicycle)
            count += _rider.PlaceRider(in at, actor.Colour * 7919, 1.0f, 0.42f, actor.Travelled / 0.8f, actor.Id, parts[count..]);
        return count;
    }

    private DrawPart Wheel(ActorModel model, in Affine at, Vector3 axle, float turn, ushort id) =>
        new() { Mesh = _wheels[(int)model], Place = at.Then(Affine.PitchAt(axle, turn)), Colour = 0x808080, Instance = id };

    private static (float Front, float Rear, float Side, float Radius) Axles(ActorModel model) => model switch
    {
        ActorModel.Sedan => (1.38f, -1.36f, 0.83f, 0.325f),
        ActorModel.Hatchback => (1.2f, -1.2f, 0.80f, 0.30f),
        ActorModel.OffRoader => (1.42f, -1.4f, 0.87f, 0.38f),
        ActorModel.Van => (1.75f, -1.65f, 0.91f, 0.34f),
        ActorModel.Truck => (3.2f, -2.6f, 1.02f, 0.48f),
        ActorModel.Bus => (3.2f, -3.0f, 1.15f, 0.5f),
        ActorModel.Motorcycle => (0.72f, -0.72f, 0, 0.36f),
        _ => (0.54f, -0.52f, 0, 0.34f),
    };
}
