using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.World;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <content>apply_batch.</content>
internal sealed partial class RpcMethods
{
    private void ApplyBatch(ref MessagePackReader arguments, ref MessagePackWriter result)
    {
        Command[] commands = Command.ReadArray(ref arguments, _profile);
        bool ticks = arguments.ReadBoolean();
        result.WriteArrayHeader(commands.Length);
        foreach (Command command in commands)
        {
            uint id = Run(command, command.ActorId, out string? error);
            if (error is not null)
            {
                CarlaResponse.WriteError(ref result, error, methodHasValue: true);
                continue;
            }
            CarlaResponse.WriteValueHeader(ref result);
            result.Write(id);
        }
        if (ticks)
            _engine.TickCue();
    }

    /// <summary>Runs one command; returns the actor's id.</summary>
    private uint Run(Command command, uint id, out string? error)
    {
        switch (command.Kind)
        {
            case CommandKind.SpawnActor:
                return RunSpawn(command, out error);
            case CommandKind.DestroyActor:
                lock (_world.Gate)
                    error = _world.Destroy(id) ? null : NotDestroyed;
                break;
            case CommandKind.ApplyVehicleControl:
                error = Change("apply_control_to_vehicle", id, command.Control, _world.Control);
                break;
            case CommandKind.ApplyTransform:
                error = Change("set_actor_transform", id, command.Transform.ToPose(), (actor, to) => _world.MoveTo(actor, to));
                break;
            case CommandKind.ApplyLocation:
                error = Change("set_actor_location", id, command.Location, MoveToLocation);
                break;
            case CommandKind.SetSimulatePhysics:
                error = Change("set_actor_simulate_physics", id, command.Enabled, (actor, on) => actor.SimulatesPhysics = on);
                break;
            case CommandKind.SetAutopilot:
                error = Change("set_actor_autopilot", id, command.Enabled, (_, _) => { });
                break;
            default:
                return RunOther(command, id, out error);
        }
        return id;
    }

    private uint RunSpawn(Command command, out string? error)
    {
        WorldActor? actor = Spawn(command.Description, command.Transform, command.ParentId, out error);
        if (actor is null)
            return 0;
        // As the real server does: what follows is done, its errors are not told.
        foreach (Command next in command.DoAfter)
            Run(next, next.ActorId == 0 ? actor.Id : next.ActorId, out _);
        return actor.Id;
    }

    /// <summary>A command for something that the Town does not simulate: its first field, the actor, must exist all the same.</summary>
    private uint RunOther(Command command, uint id, out string? error)
    {
        MessagePackReader fields = new(command.OtherFields);
        int left = fields.ReadArrayHeader();
        if (left > 0 && fields.NextMessagePackType == MessagePackType.Integer && fields.ReadUInt32() is > 0 and var named)
            id = named;
        error = Change($"command {command.OtherIndex}", id, 0, (_, _) => { });
        return id;
    }
}
