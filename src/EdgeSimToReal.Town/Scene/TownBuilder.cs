using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <summary>Builds all that never moves.</summary>
internal sealed partial class TownBuilder(RoadPlan plan, ulong seed, ActorMeshes actors)
{
    private const float CellMetres = 40;

    private readonly Dictionary<(int X, int Y, Layer Layer), MeshBuilder> _builders = [];
    private readonly List<TownActor> _parked = [];
    private int _nextInstance = TownState.FirstStaticId;

    private enum Layer
    {
        Ground,
        Paint,
        Large,
        Props,
        Detail,
        TreesNear,
        TreesFar,
        Backdrop,
    }

    public (StaticChunk[] Chunks, TownActor[] Parked) Build()
    {
        BuildRoad();
        BuildPaint();
        BuildTerrain();
        BuildLots();
        BuildFurniture();
        BuildGroves();
        BuildHills();
        var chunks = new List<StaticChunk>();
        foreach (((int _, int _, Layer layer), MeshBuilder builder) in _builders.OrderBy(entry => entry.Key.Layer).ThenBy(entry => entry.Key.X).ThenBy(entry => entry.Key.Y))
        {
            if (builder.TriangleCount == 0)
                continue;
            (float near, float far, bool shadow) = layer switch
            {
                Layer.Ground => (0f, 700f, false),
                Layer.Paint => (0, 260, false),
                Layer.Large => (0, 700, true),
                Layer.Props => (0, 220, true),
                Layer.Detail => (0, 110, false),
                Layer.TreesNear => (0, 75, true),
                Layer.TreesFar => (75, 420, true),
                _ => (0f, 5000f, false),
            };
            chunks.Add(new StaticChunk(builder.Build(), near, far, shadow));
        }
        return ([.. chunks], [.. _parked]);
    }

    private MeshBuilder At(Vector3 place, Layer layer)
    {
        var key = ((int)MathF.Floor(place.X / CellMetres), (int)MathF.Floor(place.Y / CellMetres), layer);
        if (!_builders.TryGetValue(key, out MeshBuilder? builder))
            _builders.Add(key, builder = new MeshBuilder());
        builder.Frame = Affine.Identity;
        builder.Instance = 0;
        return builder;
    }

    private ushort NewInstance()
    {
        int id = _nextInstance++;
        if (_nextInstance > ushort.MaxValue)
            _nextInstance = TownState.FirstStaticId;
        return (ushort)id;
    }
}
