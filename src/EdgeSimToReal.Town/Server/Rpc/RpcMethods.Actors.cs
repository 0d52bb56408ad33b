using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.World;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <content>Actors: finding, spawning, moving, destroying.</content>
internal sealed partial class RpcMethods
{
    private const string NotDestroyed = "unable to destroy actor: not found";
    private const string NoParent = "unable to attach actor: parent actor not found";

    private delegate void ActorChange<T>(WorldActor actor, T value);

    private delegate T ArgumentReader<T>(ref MessagePackReader reader);

    private void BindActors()
    {
        Bind("get_actor_definitions", 0, RpcForm.Value, GetDefinitions);
        Bind("get_spectator", 0, RpcForm.Value, GetSpectator);
        Bind("get_actors_by_id", 1, RpcForm.Value, GetActorsById);
        Bind("spawn_actor", 2, RpcForm.Value, SpawnActor);
        Bind("spawn_actor_with_parent", _profile.SpawnWithParentArguments, RpcForm.Value, SpawnActorWithParent);
        Bind("destroy_actor", 1, _profile.DestroyReturnsBoolean ? RpcForm.Value : RpcForm.Void, DestroyActor);
        if (_profile.BoundingBoxFields == 4)
            Bind("get_actor_bounding_box", 1, RpcForm.Value, GetActorBoundingBox);
        Bind("get_vehicle_light_states", 0, RpcForm.Value, GetVehicleLightStates);
        Bind("apply_batch", 2, RpcForm.Batch, ApplyBatch);
        BindChange("set_actor_transform", Transform.Read, (actor, to) => _world.MoveTo(actor, to.ToPose()));
        BindChange("set_actor_location", Vector3D.Read, MoveToLocation);
        BindChange("set_actor_simulate_physics", ReadBoolean, (actor, on) => actor.SimulatesPhysics = on);
        BindChange("set_actor_enable_gravity", ReadBoolean, (_, _) => { }); // vehicles keep to the road either way
        BindChange("set_actor_autopilot", ReadBoolean, (_, _) => { }); // the real server's flag does not drive either
        BindChange("set_actor_target_velocity", Vector3D.Read, (actor, to) => _world.SetVelocity(actor, to));
        BindChange("set_vehicle_light_state", ReadLightState, (actor, state) => actor.LightState = state);
        BindChange("apply_control_to_vehicle", VehicleControl.Read, (actor, control) => _world.Control(actor, control));
    }

    /// <summary>Binds a method (actor id, value) that changes an actor.</summary>
    private void BindChange<T>(string name, ArgumentReader<T> read, ActorChange<T> change)
    {
        Bind(name, 2, RpcForm.Void, Handle);

        void Handle(ref MessagePackReader arguments, ref MessagePackWriter result)
        {
            uint id = arguments.ReadUInt32();
            T value = read(ref arguments);
            WriteVoid(ref result, Change(name, id, value, change));
        }
    }

    /// <summary>Changes an actor; returns the error for an unknown one.</summary>
    private string? Change<T>(string method, uint id, T value, ActorChange<T> change)
    {
        lock (_world.Gate)
        {
            if (_world.Find(id) is not { } actor)
                return NoActor(method, id);
            change(actor, value);
            return null;
        }
    }

    private void GetDefinitions(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        CarlaResponse.WriteValueHeader(ref result);
        result.WriteRaw(_definitions);
    }

    private void GetSpectator(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
            CarlaResponse.WriteValue(ref result, OnWire(_world.Spectator));
    }

    private void GetActorsById(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        uint[] ids = WireFormat.ReadUInt32s(ref arguments);
        lock (_world.Gate)
        {
            Actor[] found = [.. ids.Select(_world.Find).OfType<WorldActor>().Select(OnWire)];
            CarlaResponse.WriteValueHeader(ref result);
            WireFormat.WriteArray<Actor>(ref result, found);
        }
    }

    private void SpawnActor(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ActorDescription description = ActorDescription.Read(ref arguments);
        Transform transform = Transform.Read(ref arguments);
        WriteSpawned(ref result, Spawn(description, transform, null, out string? error), error);
    }

    private void SpawnActorWithParent(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        ActorDescription description = ActorDescription.Read(ref arguments);
        Transform transform = Transform.Read(ref arguments);
        uint parent = arguments.ReadUInt32();
        _ = arguments.ReadByte(); // attachment type: every mount of the Town is rigid
        if (_profile.SpawnWithParentArguments == 5)
            _ = ReadText(ref arguments); // socket: the Town's vehicles have none
        WriteSpawned(ref result, Spawn(description, transform, parent, out string? error), error);
    }

    private WorldActor? Spawn(ActorDescription? description, in Transform transform, uint? parentId, out string? error)
    {
        WorldActor? actor;
        lock (_world.Gate)
        {
            WorldActor? parent = parentId is { } id ? _world.Find(id) : null;
            if (parentId is not null && parent is null)
            {
                error = NoParent;
                return null;
            }
            actor = _world.Spawn(description, transform.ToPose(), parent, out error);
        }
        // Beforehand, so that every picture comes from memory; the caller waits for it as for any slow spawn.
        if (actor?.Feed is not null)
            _studio?.Load(actor);
        return actor;
    }

    private void WriteSpawned(ref MessagePackWriter result, WorldActor? actor, string? error)
    {
        if (actor is null)
            CarlaResponse.WriteError(ref result, error!, methodHasValue: true);
        else
            CarlaResponse.WriteValue(ref result, OnWire(actor));
    }

    private void DestroyActor(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        uint id = arguments.ReadUInt32();
        bool isDestroyed;
        lock (_world.Gate)
            isDestroyed = _world.Destroy(id);
        if (!isDestroyed)
            CarlaResponse.WriteError(ref result, NotDestroyed, _profile.DestroyReturnsBoolean);
        else if (_profile.DestroyReturnsBoolean)
            WriteBoolean(ref result, true);
        else
            CarlaResponse.WriteOk(ref result);
    }

    private void GetActorBoundingBox(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        uint id = arguments.ReadUInt32();
        lock (_world.Gate)
        {
            if (_world.Find(id) is { } actor)
                CarlaResponse.WriteValue(ref result, BoxOf(actor));
            else
                CarlaResponse.WriteError(ref result, NoActor("get_actor_bounding_box", id), methodHasValue: true);
        }
    }

    private void GetVehicleLightStates(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        lock (_world.Gate)
        {
            CarlaResponse.WriteValueHeader(ref result);
            result.WriteArrayHeader(_world.Actors.Count(actor => actor.Blueprint.Kind == ActorKind.Vehicle));
            foreach (WorldActor actor in _world.Actors)
            {
                if (actor.Blueprint.Kind != ActorKind.Vehicle)
                    continue;
                result.WriteArrayHeader(2);
                result.Write(actor.Id);
                result.Write(actor.LightState);
            }
        }
    }

    private void MoveToLocation(WorldActor actor, Vector3D to) =>
        _world.MoveTo(actor, (actor.Parent is null ? actor.Pose : actor.Mount) with { X = to.X, Y = to.Y, Z = to.Z });

    private Actor OnWire(WorldActor actor) => new(
        actor.Id,
        actor.Parent?.Id ?? 0,
        actor.Description,
        BoxOf(actor),
        actor.Blueprint.Tag == 0 ? [] : [Rendering.TagTables.For(_profile.Tags)[actor.Blueprint.Tag]],
        actor.StreamId == 0 ? [] : TokenOf(actor.StreamId).ToBytes());

    private BoundingBox BoxOf(WorldActor actor)
    {
        Vector3D extent = actor.Blueprint.Extent;
        bool isOnGround = actor.Blueprint.Kind is ActorKind.Vehicle or ActorKind.StaticProp;
        uint? owner = _profile.BoundingBoxFields < 4 ? null : actor.Blueprint.Tag == 0 ? BoundingBox.NoActor : actor.Id;
        return new BoundingBox(new Vector3D(0, 0, isOnGround ? extent.Z : 0), extent, default, owner);
    }

    private static string NoActor(string method, uint id) =>
        $"Responding error from function {method}: Actor could not be found in the registry.  Actor Id: {id}";

    private static bool ReadBoolean(ref MessagePackReader reader) => reader.ReadBoolean();

    /// <summary>VehicleLightState: an array of one number.</summary>
    private static uint ReadLightState(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        uint state = WireFormat.ReadUInt32(ref reader, ref left);
        WireFormat.SkipRest(ref reader, left);
        return state;
    }
}
