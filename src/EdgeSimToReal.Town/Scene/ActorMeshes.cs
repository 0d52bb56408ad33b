using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The meshes of all actor models and how their parts move.</summary>
internal sealed class ActorMeshes
{
    public const int MaximumParts = 16;

    private readonly Mesh[] _bodies;

    public ActorMeshes()
    {
        _bodies = new Mesh[Enum.GetValues<ActorModel>().Length];
        foreach (ActorModel model in Enum.GetValues<ActorModel>())
        {
            var builder = new MeshBuilder();
            builder.Use(Material.CarPaint, model == ActorModel.Walker ? TownTag.Pedestrian : TownTag.Car);
            Vector2 half = HalfExtents(model);
            builder.Box(new Vector3(-half.X, -half.Y, 0.3f), new Vector3(half.X, half.Y, 1.5f));
            _bodies[(int)model] = builder.Build();
        }
    }

    /// <summary>Half length and half width in metres.</summary>
    public static Vector2 HalfExtents(ActorModel model) => model switch
    {
        ActorModel.Sedan => new(2.35f, 0.92f),
        ActorModel.Hatchback => new(1.95f, 0.88f),
        ActorModel.OffRoader => new(2.3f, 0.97f),
        ActorModel.Van => new(2.75f, 1.0f),
        ActorModel.Truck => new(4.1f, 1.22f),
        ActorModel.Bus => new(5.9f, 1.27f),
        ActorModel.Motorcycle => new(1.1f, 0.36f),
        ActorModel.Bicycle => new(0.88f, 0.27f),
        _ => new(0.25f, 0.28f),
    };

    public static float Radius(ActorModel model) => HalfExtents(model).X + 1.6f;

    public static float FarLimit(ActorModel model) => model == ActorModel.Walker ? 140 : 320;

    public int Place(in TownActor actor, Span<DrawPart> parts)
    {
        parts[0] = new DrawPart { Mesh = _bodies[(int)actor.Model], Place = Affine.From(actor.Pose), Colour = actor.Colour, Instance = actor.Id };
        return 1;
    }
}
