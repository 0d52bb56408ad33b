using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>Takes a vehicle along a lane, by putting it there or by steering it (pure pursuit).</summary>
internal sealed class LaneDriver : IVehicleDriver
{
    private const float Clearance = 0.05f; // metres above the road, against wheels that cut into it
    private const float Wheelbase = 2.9f; // metres, a saloon's
    private const float MaxSteer = 1.22f; // radians at full steer: 70 degrees, the CARLA saloons'
    private const float LookAhead = 6; // metres

    private readonly CarlaClient _client;
    private readonly WorldObserver _observer;
    private readonly uint _vehicle;
    private readonly LanePath _path;
    private readonly double _speed;
    private readonly bool _byControl;
    private readonly ArgumentWriter _writeArguments;
    private readonly float _lift;
    private double _distance;
    private Transform _transform;
    private VehicleControl _control;

    /// <param name="client">The server.</param>
    /// <param name="observer">Where actors are.</param>
    /// <param name="vehicle">The vehicle, or a person on foot.</param>
    /// <param name="path">Its way.</param>
    /// <param name="speed">Metres a second.</param>
    /// <param name="byControl">Whether it is steered, rather than put where it goes.</param>
    /// <param name="lift">Metres from the ground to the actor's origin; the wheels' clearance for a vehicle.</param>
    public LaneDriver(CarlaClient client, WorldObserver observer, uint vehicle, LanePath path, double speed, bool byControl,
        float lift = Clearance)
    {
        _client = client;
        _observer = observer;
        _vehicle = vehicle;
        _path = path;
        _speed = speed;
        _byControl = byControl;
        _lift = lift;
        _writeArguments = WriteArguments; // kept: made once, not once a step
    }

    /// <summary>The same drive over another connection.</summary>
    public LaneDriver On(CarlaClient client, WorldObserver observer) =>
        new(client, observer, _vehicle, _path, _speed, _byControl, _lift) { _distance = _distance };

    /// <summary>Where it is on its way.</summary>
    public Pose Position => _path.At(_distance);

    /// <summary>Whether it has to wait, for what is in front of it.</summary>
    public bool IsHeld { get; set; }

    IVehicleDriver IVehicleDriver.On(CarlaClient client, WorldObserver observer) => On(client, observer);

    /// <inheritdoc/>
    public void Step(float deltaSeconds)
    {
        if (!(deltaSeconds > 0))
            return;
        if (_byControl)
            Steer();
        else
            Advance(Math.Min(deltaSeconds, 1));
        try
        {
            _client.Post(_byControl ? "apply_control_to_vehicle" : "set_actor_transform", 2, _writeArguments);
        }
        catch (Exception error) when (error is EdgeSimException or ObjectDisposedException)
        {
            // The server is gone; the camera's stream finds out and deals with it.
        }
    }

    private void Advance(double seconds)
    {
        _distance += IsHeld ? 0 : _speed * seconds;
        Pose pose = _path.At(_distance);
        _transform = Transform.FromPose(pose with { Z = pose.Z + _lift });
    }

    private void Steer()
    {
        if (!_observer.TryGetActor(_vehicle, out ActorState state))
            return;
        _distance = _path.Project(_distance, state.Pose.X, state.Pose.Y, reach: LookAhead);
        Pose target = _path.At(_distance + LookAhead);
        (float sin, float cos) = MathF.SinCos(state.Pose.Yaw * MathF.PI / 180);
        (float dx, float dy) = (target.X - state.Pose.X, target.Y - state.Pose.Y);
        float right = (dy * cos) - (dx * sin);
        float squared = (dx * dx) + (dy * dy);
        // Pure pursuit: the circle through the target that is tangent to the vehicle has curvature 2·y/d².
        float steer = squared > 0.1f ? MathF.Atan(2 * right * Wheelbase / squared) / MaxSteer : 0;
        Vector3D v = state.Velocity;
        float lack = (IsHeld ? 0 : (float)_speed) - MathF.Sqrt((v.X * v.X) + (v.Y * v.Y));
        _control = new(Math.Clamp(0.3f * lack, 0, 0.8f), Math.Clamp(steer, -1, 1), Math.Clamp(-0.2f * lack, 0, 1));
    }

    private void WriteArguments(ref MessagePackWriter writer)
    {
        writer.Write(_vehicle);
        if (_byControl)
            _control.Write(ref writer);
        else
            _transform.Write(ref writer);
    }
}
