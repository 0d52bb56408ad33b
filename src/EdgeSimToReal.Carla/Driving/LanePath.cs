using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>The way along a lane and those that follow it, as points about a metre apart.</summary>
internal sealed class LanePath
{
    private const double Step = 1; // metres
    private const double MaxLength = 5000; // metres; then the vehicle starts over
    private const int MaxPieces = 10000; // against maps whose sections have no length
    private const double Widest = 60; // metres from a reference line to its farthest lane
    private const double MaxDistance = 10; // metres from the start to the nearest lane

    private readonly Pose[] _points;
    private readonly double[] _distances;

    private LanePath(List<Pose> points, bool closed)
    {
        IsClosed = closed;
        if (closed)
            points.Add(points[0]);
        _points = [.. points];
        _distances = new double[_points.Length];
        for (int i = 1; i < _points.Length; i++)
            _distances[i] = _distances[i - 1] + Distance(_points[i - 1], _points[i]);
    }

    /// <summary>Metres.</summary>
    public double Length => _distances[^1];

    /// <summary>Whether the end joins the start.</summary>
    public bool IsClosed { get; }

    /// <summary>Finds the lane under a place, and follows it.</summary>
    /// <param name="openDrive">The map.</param>
    /// <param name="start">The place, heading the way to go.</param>
    /// <exception cref="EdgeSimException">The map can't be read or has no lane there.</exception>
    public static LanePath Create(string openDrive, Transform start) => Find(OpenDriveMap.Parse(openDrive), start, LaneKind.Driving)
        ?? throw new EdgeSimException($"The map has no driving lane near the spawn point at {start.Location.X:0}, {start.Location.Y:0}.",
            "Choose another spawn point, or drive by a Traffic Manager.");

    /// <summary>Finds the lane of a kind nearest to a place, and follows it.</summary>
    /// <param name="map">The map.</param>
    /// <param name="start">The place, heading the way to go.</param>
    /// <param name="kind">Who shall go there.</param>
    /// <returns>The way; null where no such lane is near.</returns>
    public static LanePath? Find(OpenDriveMap map, Transform start, LaneKind kind)
    {
        Pose pose = start.ToPose();
        (Road Road, double S, int Section, int Lane)? nearest = null;
        double best = MaxDistance;
        foreach (Road road in map.Roads.Values.Where(r => r.Geometries.Length > 0 && r.Sections.Length > 0))
        {
            RoadGeometry origin = road.Geometries[0];
            if (Math.Sqrt(Math.Pow(origin.X - pose.X, 2) + Math.Pow(-origin.Y - pose.Y, 2)) > road.Length + Widest)
                continue; // out of reach, whatever its shape
            for (double s = 0; s <= road.Length; s += Step)
            {
                int section = road.SectionAt(s);
                foreach (RoadLane lane in road.Sections[section].Lanes.Where(l => l.Kind == kind))
                {
                    Pose point = road.At(s, section, lane.Id);
                    double distance = Distance(point, pose);
                    if (distance < best && Math.Cos((point.Yaw - pose.Yaw) * Math.PI / 180) > 0.5)
                        (best, nearest) = (distance, (road, s, section, lane.Id));
                }
            }
        }
        return nearest is { } found ? Follow(map, found.Road, found.S, found.Section, found.Lane, kind) : null;
    }

    /// <summary>The place at a distance from the start; past the end it starts over.</summary>
    public Pose At(double distance)
    {
        if (Length <= 0)
            return _points[0];
        distance %= Length;
        int index = Array.BinarySearch(_distances, distance);
        if (index < 0)
            index = Math.Max(~index - 1, 0);
        index = Math.Min(index, _points.Length - 2);
        (Pose a, Pose b) = (_points[index], _points[index + 1]);
        double span = _distances[index + 1] - _distances[index];
        float t = span > 0 ? (float)((distance - _distances[index]) / span) : 0;
        float turn = (float)Math.IEEERemainder(b.Yaw - a.Yaw, 360);
        float flat = MathF.Sqrt(((b.X - a.X) * (b.X - a.X)) + ((b.Y - a.Y) * (b.Y - a.Y)));
        float pitch = flat > 0.01f ? MathF.Atan2(b.Z - a.Z, flat) * 180 / MathF.PI : 0;
        return new(a.X + (t * (b.X - a.X)), a.Y + (t * (b.Y - a.Y)), a.Z + (t * (b.Z - a.Z)), pitch, a.Yaw + (t * turn), 0);
    }

    /// <summary>The distance on the path nearest to a place, searched from a distance on.</summary>
    public double Project(double from, float x, float y, double reach)
    {
        double best = double.MaxValue;
        double result = from;
        for (double d = 0; d <= reach; d += Step / 2)
        {
            Pose point = At(from + d);
            double distance = ((point.X - x) * (point.X - x)) + ((point.Y - y) * (point.Y - y));
            if (distance < best)
                (best, result) = (distance, from + d);
        }
        return result;
    }

    private static LanePath Follow(OpenDriveMap map, Road road, double s, int section, int lane, LaneKind kind)
    {
        List<Pose> points = [];
        (string, int, int) first = (road.Id, section, lane);
        bool closed = false;
        double length = 0;
        for (int pieces = 0; length < MaxLength && pieces < MaxPieces; pieces++)
        {
            bool forward = lane < 0;
            double end = forward ? road.EndOf(section) : road.Sections[section].S;
            for (; forward ? s < end : s > end; s += forward ? Step : -Step)
            {
                points.Add(road.At(s, section, lane));
                length += Step;
            }
            if (Next(map, road, section, lane, kind) is not { } next)
            {
                points.Add(road.At(end, section, lane));
                break;
            }
            (road, section, lane) = next;
            s = lane < 0 ? road.Sections[section].S : road.EndOf(section);
            if (first == (road.Id, section, lane) && length > 4 * Step)
            {
                // Round the block: go on to where it began.
                closed = true;
                while (Distance(road.At(s, section, lane), points[0]) > 1.5 * Step && s >= 0 && s <= road.Length)
                {
                    points.Add(road.At(s, section, lane));
                    s += lane < 0 ? Step : -Step;
                }
                break;
            }
        }
        return new(points, closed);
    }

    /// <summary>The lane after a section of a lane, the way it is driven.</summary>
    private static (Road, int Section, int Lane)? Next(OpenDriveMap map, Road road, int section, int lane, LaneKind kind)
    {
        bool forward = lane < 0;
        int following = section + (forward ? 1 : -1);
        RoadLane? own = road.Sections[section].Find(lane);
        int? linked = forward ? own?.Successor : own?.Predecessor;
        if (following >= 0 && following < road.Sections.Length)
            return Enter(road, following, linked, kind);
        RoadLink? link = forward ? road.Successor : road.Predecessor;
        if (link is null)
            return null;
        if (!link.IsJunction)
        {
            return map.Roads.TryGetValue(link.Id, out Road? next)
                ? Enter(next, link.AtStart ? 0 : next.Sections.Length - 1, linked, kind)
                : null;
        }
        foreach (RoadConnection way in map.Connections.Where(c => c.Junction == link.Id && c.IncomingRoad == road.Id))
        {
            foreach ((int from, int to) in way.Lanes)
            {
                if (from == lane && map.Roads.TryGetValue(way.ConnectingRoad, out Road? inside)
                    && Enter(inside, way.AtStart ? 0 : inside.Sections.Length - 1, to, kind) is { } entered)
                {
                    return entered;
                }
            }
        }
        return null;
    }

    private static (Road, int Section, int Lane)? Enter(Road road, int section, int? lane, LaneKind kind) =>
        lane is { } id && road.Geometries.Length > 0 && section >= 0 && road.Sections[section].Find(id) is { } found && found.Kind == kind
            ? (road, section, id)
            : null;

    private static double Distance(Pose a, Pose b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
