using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.World;

/// <summary>A kind of actor that can be spawned.</summary>
/// <param name="Definition">Number, name and attributes on the wire; the number, not the name, selects the blueprint.</param>
/// <param name="Kind">What the actor is.</param>
internal sealed record Blueprint(ActorDefinition Definition, ActorKind Kind)
{
    /// <summary>What the camera shows; only for <see cref="ActorKind.Camera"/>.</summary>
    public CameraKind Camera { get; init; }

    /// <summary>Half length, half width, half height in metres.</summary>
    public Vector3D Extent { get; init; }

    /// <summary>Semantic class of the actor in the scheme of 0.9.14 and later; 0 for none.</summary>
    public byte Tag { get; init; }

    /// <summary>Whether the actor can be spawned.</summary>
    public bool IsSpawnable => Kind != ActorKind.Spectator;

    /// <summary>The attribute of that name; null where there is none.</summary>
    public ActorAttribute? Find(string id) => Array.Find(Definition.Attributes, attribute => attribute.Id == id);
}
