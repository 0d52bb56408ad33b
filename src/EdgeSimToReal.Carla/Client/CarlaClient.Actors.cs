using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Client;

public sealed partial class CarlaClient
{
    private int? _attachArguments;

    /// <summary>All blueprints of the server.</summary>
    public BlueprintLibrary GetBlueprints() => new(Call("get_actor_definitions", WireFormat.ReadArray<ActorDefinition>), Profile);

    /// <summary>Spawns an actor that is attached to nothing.</summary>
    /// <param name="description">What; see <see cref="Blueprint.ToDescription"/>.</param>
    /// <param name="transform">Where in the world.</param>
    /// <exception cref="EdgeSimException">The server refuses, e.g. because something stands there.</exception>
    public Actor Spawn(ActorDescription description, Transform transform) =>
        TrySpawn(description, transform, out CallError? error) ?? throw Refused("spawn_actor", error!);

    /// <summary>Spawns an actor, unless the server refuses.</summary>
    /// <param name="description">What.</param>
    /// <param name="transform">Where in the world.</param>
    /// <param name="error">Why not, e.g. "Spawn failed because of collision at spawn position".</param>
    public Actor? TrySpawn(ActorDescription description, Transform transform, out CallError? error) =>
        TryCall("spawn_actor", 2, (ref MessagePackWriter writer) =>
        {
            description.Write(ref writer);
            transform.Write(ref writer);
        }, Actor.Read, out error, _options.LoadTimeout);

    /// <summary>Spawns an actor rigidly attached to another.</summary>
    /// <param name="description">What.</param>
    /// <param name="transform">Where, relative to <paramref name="parent"/>.</param>
    /// <param name="parent">The other actor.</param>
    /// <param name="attachment">0 rigid, 1 spring arm, 2 spring arm ghost.</param>
    public Actor SpawnAttached(ActorDescription description, Transform transform, uint parent, uint attachment = 0)
    {
        // 0.9.16 wants the socket's name too. Servers built from source between versions do not tell by their version which form they want.
        int arguments = _attachArguments ?? Profile.SpawnWithParentArguments;
        Actor? actor = TrySpawnAttached(description, transform, parent, attachment, arguments, out CallError? error);
        if (error is { FromRpclib: true } && RpcErrors.IsWrongArity(error.Text))
        {
            arguments = arguments == 4 ? 5 : 4;
            actor = TrySpawnAttached(description, transform, parent, attachment, arguments, out error);
        }
        if (error is not null)
            throw Refused("spawn_actor_with_parent", error);
        _attachArguments = arguments;
        return actor!;
    }

    /// <summary>Destroys an actor.</summary>
    /// <param name="id">The actor.</param>
    /// <returns>Whether it was there.</returns>
    public bool Destroy(uint id)
    {
        bool destroyed = TryCall("destroy_actor", 1, (ref MessagePackWriter writer) => writer.Write(id),
            static (ref MessagePackReader reader) =>
                reader.End || reader.NextMessagePackType != MessagePackType.Boolean || reader.ReadBoolean(),
            out CallError? error);
        if (error is { FromRpclib: true })
            throw Refused("destroy_actor", error);
        return error is null && destroyed;
    }

    /// <summary>The actors with the given ids; those that do not exist are left out. The ids come from the world observer.</summary>
    /// <param name="ids">The ids.</param>
    public Actor[] GetActors(params uint[] ids) =>
        Call("get_actors_by_id", WireFormat.ReadArray<Actor>, 1,
            (ref MessagePackWriter writer) => WireFormat.WriteUInt32s(ref writer, ids));

    /// <summary>The simulator's free camera.</summary>
    public Actor GetSpectator() => Call("get_spectator", Actor.Read);

    /// <summary>Moves an actor; returns at once, before the server has done it.</summary>
    /// <param name="id">The actor.</param>
    /// <param name="transform">Where to, in the world.</param>
    public void SetTransform(uint id, Transform transform) => _rpc.Post("set_actor_transform", 2, (ref MessagePackWriter writer) =>
    {
        writer.Write(id);
        transform.Write(ref writer);
    });

    /// <summary>Moves an actor without turning it; returns at once, before the server has done it.</summary>
    /// <param name="id">The actor.</param>
    /// <param name="location">Where to, in the world.</param>
    public void SetLocation(uint id, Vector3D location) => _rpc.Post("set_actor_location", 2, (ref MessagePackWriter writer) =>
    {
        writer.Write(id);
        location.Write(ref writer);
    });

    /// <summary>Sets a vehicle's controls; returns at once, before the server has done it.</summary>
    /// <param name="id">The vehicle.</param>
    /// <param name="control">The controls.</param>
    public void ApplyControl(uint id, VehicleControl control) => _rpc.Post("apply_control_to_vehicle", 2, (ref MessagePackWriter writer) =>
    {
        writer.Write(id);
        control.Write(ref writer);
    });

    /// <summary>Switches an actor's physics. Without them, a vehicle that is moved by transforms neither falls nor collides.</summary>
    /// <param name="id">The actor.</param>
    /// <param name="enabled">On or off.</param>
    public void SetSimulatePhysics(uint id, bool enabled) => CallVoid("set_actor_simulate_physics", 2, (ref MessagePackWriter writer) =>
    {
        writer.Write(id);
        writer.Write(enabled);
    });

    /// <summary>Posts a call whose arguments a kept delegate writes: the way to a call per frame that allocates nothing.</summary>
    /// <param name="method">The method.</param>
    /// <param name="argumentCount">Number of arguments, the metadata not counted.</param>
    /// <param name="arguments">Writes them.</param>
    internal void Post(string method, int argumentCount, ArgumentWriter arguments) => _rpc.Post(method, argumentCount, arguments);

    private Actor? TrySpawnAttached(ActorDescription description, Transform transform, uint parent, uint attachment, int arguments,
        out CallError? error) => TryCall("spawn_actor_with_parent", arguments, (ref MessagePackWriter writer) =>
        {
            description.Write(ref writer);
            transform.Write(ref writer);
            writer.Write(parent);
            writer.Write(attachment);
            if (arguments == 5)
                writer.Write("");
        }, Actor.Read, out error, _options.LoadTimeout);
}
