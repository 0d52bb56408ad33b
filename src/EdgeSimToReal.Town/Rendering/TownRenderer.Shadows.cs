using System.Numerics;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Cast shadows and the darkness under vehicles.</content>
public sealed unsafe partial class TownRenderer
{
    private readonly ShadowMaps _shadows = new();
    private readonly ContactMap _contact = new();

    private void DrawNearShadows()
    {
        _shadows.FollowNear(_scene, _camera.Origin, _camera.Forward);
        foreach (ref readonly TownActor actor in _state.Actors)
        {
            Vector3 at = new(actor.Pose.X, actor.Pose.Y, actor.Pose.Z + 1);
            if (!_shadows.Reaches(at, ActorMeshes.Radius(actor.Model)))
                continue;
            int count = _scene.Actors.Place(in actor, _parts);
            for (int i = 0; i < count; i++)
                _shadows.DrawMoving(_parts[i].Mesh, in _parts[i].Place);
        }
    }

    private void DrawFarShadows() => _shadows.FollowFar(_scene, _camera.Origin, _camera.Forward);

    private void DrawContacts()
    {
        _contact.Begin(_camera.Origin, _camera.Forward);
        foreach (ref readonly TownActor parked in _scene.Parked.AsSpan())
            _contact.Add(in parked);
        foreach (ref readonly TownActor actor in _state.Actors)
            _contact.Add(in actor);
    }
}
