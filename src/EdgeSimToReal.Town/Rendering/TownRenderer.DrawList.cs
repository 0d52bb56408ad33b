using System.Numerics;
using EdgeSimToReal.Town.Scene;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Rendering;

/// <content>What to draw: the meshes in view, near ones first.</content>
public sealed unsafe partial class TownRenderer
{
    private readonly DrawPart[] _parts = new DrawPart[ActorMeshes.MaximumParts];
    private readonly DrawPart[] _referenceParts = new DrawPart[ActorMeshes.MaximumParts];
    private float[] _distances = new float[512];

    private void CollectItems(TownState state, TownState reference, bool withFlow)
    {
        _itemCount = 0;
        Affine staticToReference = _toReference.Then(_camera);
        foreach (StaticChunk chunk in _scene.Chunks)
        {
            if (!InView(chunk.Mesh.Centre, chunk.Mesh.Radius, chunk.NearLimit, chunk.FarLimit, out float distance))
                continue;
            Append(new DrawItem
            {
                Mesh = chunk.Mesh,
                Place = Affine.Identity,
                ToReference = staticToReference,
                Still = _sameCamera,
                Distance = distance,
            });
        }
        ReadOnlySpan<TownActor> actors = state.Actors;
        for (int i = 0; i < actors.Length; i++)
        {
            ref readonly TownActor actor = ref actors[i];
            Vector3 middle = new(actor.Pose.X, actor.Pose.Y, actor.Pose.Z + 1);
            float radius = ActorMeshes.Radius(actor.Model);
            if (!InView(middle, radius, 0, ActorMeshes.FarLimit(actor.Model), out float distance))
                continue;
            int count = _scene.Actors.Place(in actor, _parts);
            int there = withFlow ? reference.FindAny(actor.Id, i) : -1;
            bool matched = there >= 0 && reference.Actors[there].Model == actor.Model;
            if (matched)
                _scene.Actors.Place(in reference.Actors[there], _referenceParts);
            for (int part = 0; part < count; part++)
            {
                ref readonly DrawPart p = ref _parts[part];
                // An actor that the reference lacks is taken as standing still.
                Affine motion = matched ? _toReference.Then(_referenceParts[part].Place.Then(p.Place.Inverted()).Then(_camera)) : staticToReference;
                bool still = _sameCamera && (!matched || Same(_referenceParts[part].Place, p.Place));
                Append(new DrawItem
                {
                    Mesh = p.Mesh,
                    Place = p.Place,
                    Colour = p.Colour,
                    Instance = p.Instance,
                    ToReference = motion,
                    Still = still,
                    Distance = distance,
                });
            }
        }
        Array.Sort(_distances, _items, 0, _itemCount);
    }

    private static bool Same(in Affine a, in Affine b) =>
        a.Forward == b.Forward && a.Right == b.Right && a.Up == b.Up && a.Origin == b.Origin;

    private void Append(in DrawItem item)
    {
        if (_itemCount == _items.Length)
        {
            Array.Resize(ref _items, _itemCount * 2);
            Array.Resize(ref _distances, _itemCount * 2);
        }
        _distances[_itemCount] = item.Distance;
        _items[_itemCount++] = item;
    }

    private bool InView(Vector3 centre, float radius, float nearLimit, float farLimit, out float distance)
    {
        Vector3 p = _toCamera.Apply(centre);
        float length = MathF.Sqrt(Dot(p, p));
        distance = length - radius;
        if (p.X < -radius || length < nearLimit || length >= farLimit)
            return false;
        // The planes through the picture's sides, with normals of length sqrt(f^2 + c^2).
        float sideways = MathF.Sqrt((_focal * _focal) + (_centreX * _centreX)), upwards = MathF.Sqrt((_focal * _focal) + (_centreY * _centreY));
        return (MathF.Abs(p.Y) * _focal) - (p.X * _centreX) <= radius * sideways && (MathF.Abs(p.Z) * _focal) - (p.X * _centreY) <= radius * upwards;
    }
}
