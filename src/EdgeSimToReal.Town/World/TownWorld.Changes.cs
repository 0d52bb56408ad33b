using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Town.World;

/// <content>What clients change. Values that no simulation can use (not a number, out of all bounds) change nothing.</content>
internal sealed partial class TownWorld
{
    private const double LongestStep = 60;

    /// <summary>Puts an actor somewhere: in the world, or on what it is mounted on.</summary>
    public void MoveTo(WorldActor actor, in Pose pose)
    {
        if (!IsPossible(pose))
            return;
        TakeOver(actor);
        if (actor.Parent is null)
        {
            actor.Pose = pose;
            return;
        }
        actor.Mount = pose;
        actor.Pose = PoseMath.Compose(actor.Parent.Pose, pose);
    }

    /// <summary>Sets a vehicle's pedals and wheel.</summary>
    public void Control(WorldActor actor, VehicleControl control)
    {
        if (!float.IsFinite(control.Throttle + control.Steer + control.Brake))
            return;
        TakeOver(actor);
        actor.Control = control;
    }

    /// <summary>Sets the velocity of a vehicle (along its nose) or a walker.</summary>
    public void SetVelocity(WorldActor actor, Vector3D velocity)
    {
        const float fastest = 200;
        if (!(Math.Abs(velocity.X) <= fastest && Math.Abs(velocity.Y) <= fastest))
            return;
        TakeOver(actor);
        actor.Velocity = velocity;
        (double sin, double cos) = Math.SinCos(actor.Pose.Yaw * Degree);
        actor.Speed = (velocity.X * cos) + (velocity.Y * sin);
    }

    /// <summary>Sets the weather; fields that the version lacks are dropped, those not sent stay.</summary>
    public void SetWeather(WeatherParameters weather)
    {
        float[] values = [.. Weather.Values];
        for (int i = 0; i < Math.Min(values.Length, weather.Values.Length); i++)
        {
            if (float.IsFinite(weather.Values[i]))
                values[i] = weather.Values[i];
        }
        Weather = new WeatherParameters(values);
    }

    /// <summary>Sets the settings; fields that this version does not have, or of another type, stay as they are.</summary>
    public void SetSettings(EpisodeSettings settings)
    {
        bool hasStep = settings.FixedDeltaSeconds is > 0 and <= LongestStep;
        bool hasRest = settings.RestCount == Settings.RestCount && HasSameTypes(settings.Rest, Settings.Rest, settings.RestCount);
        Settings = new EpisodeSettings(
            settings.SynchronousMode,
            settings.NoRenderingMode,
            hasStep ? settings.FixedDeltaSeconds : null,
            Settings.RestCount,
            hasRest ? settings.Rest : Settings.Rest);
    }

    /// <summary>Whether there is a stream of that id. Needs no gate.</summary>
    public bool HasStream(uint id) => _streams.Find(id) is not null;

    /// <summary>A client that moves the Town's own car drives it from then on.</summary>
    private void TakeOver(WorldActor actor)
    {
        if (actor != Hero)
            return;
        Hero = null;
        actor.Speed = Math.Sqrt((actor.Velocity.X * actor.Velocity.X) + (actor.Velocity.Y * actor.Velocity.Y));
    }

    /// <summary>The rest is told to every client as it came, so that it must be what clients expect.</summary>
    private static bool HasSameTypes(byte[] rest, byte[] expected, int count)
    {
        MessagePackReader left = new(rest);
        MessagePackReader right = new(expected);
        for (int i = 0; i < count; i++)
        {
            if (IsNumber(ref left) != IsNumber(ref right))
                return false;
            if (!IsNumber(ref left) && left.NextMessagePackType != right.NextMessagePackType)
                return false;
            left.Skip();
            right.Skip();
        }
        return true;

        static bool IsNumber(ref MessagePackReader reader) =>
            reader.NextMessagePackType is MessagePackType.Integer or MessagePackType.Float;
    }
}
