namespace EdgeSimToReal.Town.World;

/// <summary>What an actor is, as far as the Town treats it differently.</summary>
internal enum ActorKind
{
    Spectator,
    Vehicle,
    Walker,
    Camera,
    StaticProp,
    Controller,
    OtherSensor,
}
