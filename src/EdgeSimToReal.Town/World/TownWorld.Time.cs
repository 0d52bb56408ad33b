using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.World;

/// <content>One tick: moves everything, notes what is to be rendered and observed.</content>
internal sealed partial class TownWorld
{
    private const float SpeedLimit = 30; // kilometres an hour
    private const int ObservedAsActive = 1;
    private static readonly TimeSpan MapChangeTold = TimeSpan.FromMilliseconds(150);
    private const double Degree = Math.PI / 180;

    // A middle-class car: what its pedals do and how tightly it turns.
    private const double FullThrottle = 3.5; // m/s²
    private const double FullBrake = 8; // m/s²
    private const double Rolling = 0.25; // m/s²
    private const double Drag = 0.004; // 1/m: about 110 km/h at full throttle
    private const double FullSteer = 35 * Degree;
    private const double WheelBase = 2.8; // metres
    private const double Fall = 4; // m/s, from where it was spawned to the road

    /// <summary>Advances simulated time by one step.</summary>
    /// <param name="delta">Seconds.</param>
    /// <param name="plan">Takes what this frame consists of.</param>
    public void Advance(double delta, TickPlan plan)
    {
        Frame++;
        Elapsed += delta;
        double last = EpisodeTime;
        EpisodeTime += delta;
        foreach (WorldActor actor in _actors)
        {
            actor.LastPose = actor.Pose;
            if (actor == Hero)
                (actor.Pose, actor.Velocity) = Stage.HeroAt(EpisodeTime);
            else
                Move(actor, delta);
        }
        plan.Begin(this);
        foreach (WorldActor actor in _actors)
        {
            if (actor.Feed is { Stream.HasSessions: true } && !Settings.NoRenderingMode && IsDue(actor))
                plan.Add(actor);
        }
        if (plan.IsLive)
            plan.Place(this, last);
        plan.Observe(this, delta, IsMapChange());
    }

    /// <summary>Writes every actor's state as the world observer tells it.</summary>
    /// <param name="bytes">Room for all.</param>
    public void WriteStates(Span<byte> bytes)
    {
        int size = ActorState.SizeOf(Profile.HasActorState);
        foreach (WorldActor actor in _actors)
        {
            ActorStateExtra extra = default;
            if (actor.Blueprint.Kind == ActorKind.Vehicle)
                extra.WriteVehicle(actor.Control, SpeedLimit);
            new ActorState(actor.Id, ObservedAsActive, actor.Pose, actor.Velocity, actor.AngularVelocity, actor.Acceleration, extra)
                .Write(bytes, Profile.HasActorState);
            bytes = bytes[size..];
        }
    }

    /// <summary>Tells clients of a new map until one of them can have heard it: they subscribe anew while it loads.</summary>
    private bool IsMapChange()
    {
        if (!_isMapChange)
            return false;
        _isMapChange = !_streams.Find(ObserverStream)!.HasSessions || Stopwatch.GetElapsedTime(_loadedAt) < MapChangeTold;
        return true;
    }

    private bool IsDue(WorldActor camera)
    {
        // Half a microsecond of slack: periods are decimal fractions, sums of steps are not.
        if (Elapsed < camera.NextPicture - 5e-7)
            return false;
        double period = camera.Feed!.Setup.Period;
        camera.NextPicture = Elapsed - camera.NextPicture > period ? Elapsed + period : camera.NextPicture + period;
        return true;
    }

    private static void Move(WorldActor actor, double delta)
    {
        if (actor.Parent is { } parent)
        {
            actor.Pose = PoseMath.Compose(parent.Pose, actor.Mount);
            actor.Velocity = parent.Velocity;
        }
        else if (actor.Blueprint.Kind == ActorKind.Vehicle && actor.SimulatesPhysics)
        {
            Drive(actor, delta);
        }
        else if (actor.Blueprint.Kind == ActorKind.Walker)
        {
            Pose at = actor.Pose;
            actor.Pose = at with { X = at.X + (float)(actor.Velocity.X * delta), Y = at.Y + (float)(actor.Velocity.Y * delta) };
        }
    }

    /// <summary>A kinematic bicycle: pedals change the speed along the nose, the wheel turns it.</summary>
    private static void Drive(WorldActor actor, double delta)
    {
        VehicleControl control = actor.Control;
        double throttle = Math.Clamp((double)control.Throttle, 0, 1) * (control.Reverse ? -1 : 1);
        double brake = control.HandBrake ? 1 : Math.Clamp((double)control.Brake, 0, 1);
        double speed = actor.Speed;
        double before = speed;
        speed += ((throttle * FullThrottle) - (Drag * speed * Math.Abs(speed))) * delta;
        double loss = ((brake * FullBrake) + (throttle == 0 ? Rolling : 0)) * delta;
        speed = Math.Abs(speed) <= loss ? 0 : speed - (Math.Sign(speed) * loss);
        double steer = Math.Clamp((double)control.Steer, -1, 1) * FullSteer;
        double turn = speed * Math.Tan(steer) / WheelBase; // radians a second, clockwise
        Pose at = actor.Pose;
        double yaw = (at.Yaw * Degree) + (turn * delta / 2); // the middle of the step
        (double sin, double cos) = Math.SinCos(yaw);
        actor.Pose = at with
        {
            X = at.X + (float)(speed * cos * delta),
            Y = at.Y + (float)(speed * sin * delta),
            Z = (float)Math.Max(0, at.Z - (Fall * delta)),
            Yaw = at.Yaw + (float)(turn * delta / Degree),
        };
        actor.Speed = speed;
        actor.Velocity = new Vector3D((float)(speed * cos), (float)(speed * sin), 0);
        actor.AngularVelocity = new Vector3D(0, 0, (float)(turn / Degree));
        double acceleration = delta > 0 ? (speed - before) / delta : 0;
        actor.Acceleration = new Vector3D((float)(acceleration * cos), (float)(acceleration * sin), 0);
    }
}
