using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>Moves several vehicles, and people beside the road, so that none drives into another.</summary>
/// <param name="vehicles">Those that keep clear of each other; the first has the right of way.</param>
/// <param name="people">Those on sidewalks.</param>
internal sealed class Fleet(LaneDriver[] vehicles, LaneDriver[] people) : IVehicleDriver
{
    private const float Gap = 9; // metres from middle to middle: a long car, and two metres
    private const float Beside = 2.2f; // metres to the side within which somebody is in the way

    private readonly Pose[] _places = new Pose[vehicles.Length];

    /// <summary>The same drives over another connection.</summary>
    public Fleet On(CarlaClient client, WorldObserver observer) => new(
        [.. vehicles.Select(vehicle => vehicle.On(client, observer))], [.. people.Select(person => person.On(client, observer))]);

    IVehicleDriver IVehicleDriver.On(CarlaClient client, WorldObserver observer) => On(client, observer);

    /// <inheritdoc/>
    public void Step(float deltaSeconds)
    {
        for (int i = 0; i < vehicles.Length; i++)
            _places[i] = vehicles[i].Position;
        for (int i = 0; i < vehicles.Length; i++)
        {
            vehicles[i].IsHeld = HasToWait(i);
            vehicles[i].Step(deltaSeconds);
        }
        foreach (LaneDriver person in people)
            person.Step(deltaSeconds);
    }

    /// <summary>Whether one that goes the same way is close ahead, or one with the right of way crosses there.</summary>
    private bool HasToWait(int own)
    {
        Pose at = _places[own];
        (float sin, float cos) = MathF.SinCos(at.Yaw * (MathF.PI / 180));
        for (int i = 0; i < _places.Length; i++)
        {
            if (i == own)
                continue;
            (float dx, float dy) = (_places[i].X - at.X, _places[i].Y - at.Y);
            (float ahead, float right) = ((dx * cos) + (dy * sin), (dy * cos) - (dx * sin));
            if (ahead is <= 0 or > Gap || Math.Abs(right) > Beside || Math.Abs(_places[i].Z - at.Z) > 3)
                continue;
            float turn = (float)Math.IEEERemainder(_places[i].Yaw - at.Yaw, 360);
            if (Math.Abs(turn) < 60 || (Math.Abs(turn) < 120 && i < own))
                return true;
        }
        return false;
    }
}
