using System.Globalization;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Scene;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>How a client's actor looks in the street.</summary>
internal static class ActorLook
{
    private const uint DefaultColour = 0x8A1C1C;

    /// <summary>Whether the street shows the actor.</summary>
    public static bool IsShown(WorldActor actor) =>
        actor.Blueprint.Kind is ActorKind.Vehicle or ActorKind.Walker && actor.Id <= TownState.MaximumActorId;

    /// <summary>The actor at its poses.</summary>
    public static PlacedActor Place(WorldActor actor)
    {
        // CARLA's walkers have their origin at half height.
        float lift = actor.Blueprint.Kind == ActorKind.Walker ? actor.Blueprint.Extent.Z : 0;
        return new PlacedActor(
            (int)actor.Id,
            ModelOf(actor.Blueprint),
            actor.Colour,
            actor.Pose with { Z = actor.Pose.Z - lift },
            actor.LastPose with { Z = actor.LastPose.Z - lift });
    }

    /// <summary>The shape nearest to a blueprint.</summary>
    private static ActorModel ModelOf(Blueprint blueprint) => (TownTag)blueprint.Tag switch
    {
        TownTag.Pedestrian => ActorModel.Walker,
        TownTag.Truck => ActorModel.Truck,
        TownTag.Bus => ActorModel.Bus,
        TownTag.Motorcycle => ActorModel.Motorcycle,
        TownTag.Bicycle => ActorModel.Bicycle,
        // By length and height: the models are few.
        _ when blueprint.Extent.Z > 1 => ActorModel.Van,
        _ when blueprint.Extent.Z > 0.8f => ActorModel.OffRoader,
        _ when blueprint.Extent.X < 2.1f => ActorModel.Hatchback,
        _ => ActorModel.Sedan,
    };

    /// <summary>The colour attribute, or one of the actor's own.</summary>
    public static uint ColourOf(uint id, Blueprint blueprint, ActorDescription description)
    {
        if (blueprint.Kind == ActorKind.Walker)
            return id * 2654435761 & 0xFFFFFF;
        string[] parts = description["color"]?.Split(',') ?? [];
        uint colour = 0;
        foreach (string part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out byte value))
                return DefaultColour;
            colour = (colour << 8) | value;
        }
        return parts.Length == 3 ? colour : DefaultColour;
    }
}
