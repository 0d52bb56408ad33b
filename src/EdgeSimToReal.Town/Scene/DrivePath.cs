using System.Numerics;
using EdgeSimToReal.Core.Frames;
using static EdgeSimToReal.Town.Scene.StableMath;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The centre line of the town's main road: a closed loop of straights and arcs. Traffic keeps to the right.</summary>
public sealed class DrivePath
{
    private readonly Segment[] _segments;

    internal DrivePath(ulong seed)
    {
        var random = new StableRandom(StableRandom.Hash(seed ^ 0x70617468));
        ReadOnlySpan<float> xs = [0, 230, 350, 560], ys = [0, 180, 320, 480];
        Span<float> x = stackalloc float[4], y = stackalloc float[4];
        for (int i = 0; i < 4; i++)
        {
            x[i] = xs[i] + random.Range(-14, 14);
            y[i] = ys[i] + random.Range(-14, 14);
        }
        // An S of blocks; no two streets come nearer than 90 m.
        Span<Vector2> corners =
        [
            new(x[0], y[0]), new(x[2], y[0]), new(x[2], y[1]), new(x[3], y[1]), new(x[3], y[3]), new(x[1], y[3]), new(x[1], y[2]), new(x[0], y[2]),
        ];
        if (random.Chance(0.5f))
        {
            for (int i = 0; i < corners.Length; i++)
                corners[i] = new Vector2(corners[i].X, -corners[i].Y);
        }
        _segments = Round(corners, ref random);
        double length = 0;
        for (int i = 0; i < _segments.Length; i++)
        {
            _segments[i].Start = length;
            length += _segments[i].Length;
        }
        Length = length;
    }

    /// <summary>Half the carriageway's width in metres: two lanes of 3.5 m a side, the outer one partly used for parking.</summary>
    public const float HalfWidth = 7;

    /// <summary>Lateral offset in metres of the middle of the inner lane from the centre line.</summary>
    public const float LaneOffset = 1.75f;

    /// <summary>Once around, in metres.</summary>
    public double Length { get; }

    internal IEnumerable<(double Start, double Length, bool Straight)> Segments =>
        _segments.Select(segment => (segment.Start, segment.Length, segment.Curvature == 0));

    /// <summary>The pose on the road at a distance along it.</summary>
    /// <param name="distance">Metres along the centre line; any value, the loop repeats.</param>
    /// <param name="lateral">Metres to the right of the centre line (in the loop's direction).</param>
    /// <param name="backwards">Whether to face against the loop's direction.</param>
    /// <returns>A pose on the ground (z = 0).</returns>
    public Pose PoseAt(double distance, float lateral = LaneOffset, bool backwards = false)
    {
        (Vector3 at, float heading) = At(distance, lateral);
        float yaw = (heading / DegreesToRadians) + (backwards ? 180 : 0);
        yaw -= 360 * MathF.Floor((yaw + 180) / 360);
        return new Pose(at.X, at.Y, at.Z, 0, yaw, 0);
    }

    /// <summary>The distance along the loop of the centre-line point nearest to a place, and how far right of it the place is.</summary>
    /// <param name="x">Metres.</param>
    /// <param name="y">Metres.</param>
    public (double Distance, float Lateral) Nearest(float x, float y)
    {
        double best = double.MaxValue, bestDistance = 0;
        float lateral = 0;
        foreach (Segment segment in _segments)
        {
            (double along, float side) = segment.Project(new Vector2(x, y));
            Vector2 foot = segment.At(along);
            double gap = ((foot.X - x) * (double)(foot.X - x)) + ((foot.Y - y) * (double)(foot.Y - y));
            if (gap < best)
                (best, bestDistance, lateral) = (gap, segment.Start + along, side);
        }
        return (bestDistance, lateral);
    }

    internal (Vector3 At, float Heading) At(double distance, float lateral)
    {
        double s = distance - (Math.Floor(distance / Length) * Length);
        int index = _segments.Length - 1;
        while (index > 0 && _segments[index].Start > s)
            index--;
        return Locate(_segments[index], s, lateral);
    }

    internal Affine FrameAt(double distance, float lateral = 0)
    {
        (Vector3 at, float heading) = At(distance, lateral);
        return Affine.Level(at, heading);
    }

    private static (Vector3 At, float Heading) Locate(in Segment segment, double s, float lateral)
    {
        double along = s - segment.Start;
        float heading = segment.Heading + ((float)along * segment.Curvature);
        Vector2 at = segment.At(along) + (new Vector2(-Sin(heading), Cos(heading)) * lateral);
        return (new Vector3(at, 0), heading);
    }

    private static Segment[] Round(ReadOnlySpan<Vector2> corners, ref StableRandom random)
    {
        int n = corners.Length;
        Span<float> radii = stackalloc float[n];
        for (int i = 0; i < n; i++)
            radii[i] = random.Range(24, 46);
        var segments = new List<Segment>(n * 2);
        for (int i = 0; i < n; i++)
        {
            Vector2 from = corners[i], to = corners[(i + 1) % n], next = corners[(i + 2) % n];
            Vector2 d = Unit(to - from), e = Unit(next - to);
            float heading = (float)Atan2(d.Y, d.X);
            Vector2 start = from + (d * radii[i]), end = to - (d * radii[(i + 1) % n]);
            segments.Add(new Segment(start, heading, 0, Distance(start, end)));
            float turn = (d.X * e.Y) - (d.Y * e.X);
            float r = radii[(i + 1) % n];
            segments.Add(new Segment(end, heading, turn > 0 ? 1 / r : -1 / r, r * 1.57079633f));
        }
        return [.. segments];
    }

    private static Vector2 Unit(Vector2 v) => v / MathF.Sqrt((v.X * v.X) + (v.Y * v.Y));

    private static float Distance(Vector2 a, Vector2 b) => MathF.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    private struct Segment(Vector2 origin, float heading, float curvature, double length)
    {
        public double Start;
        public readonly float Heading = heading;
        public readonly float Curvature = curvature;
        public readonly double Length = length;
        private readonly Vector2 _origin = origin;
        private readonly Vector2 _forward = new(Cos(heading), Sin(heading));

        public readonly Vector2 At(double along)
        {
            float t = (float)along;
            Vector2 right = new(-_forward.Y, _forward.X);
            if (Curvature == 0)
                return _origin + (_forward * t);
            float angle = t * Curvature;
            return _origin + (_forward * (Sin(angle) / Curvature)) + (right * ((1 - Cos(angle)) / Curvature));
        }

        public readonly (double Along, float Side) Project(Vector2 p)
        {
            Vector2 d = p - _origin, right = new(-_forward.Y, _forward.X);
            float x = (d.X * _forward.X) + (d.Y * _forward.Y), y = (d.X * right.X) + (d.Y * right.Y);
            if (Curvature == 0)
                return (Math.Clamp(x, 0, Length), y);
            float r = 1 / Curvature;
            double angle = Atan2(x, (r - y) * Math.Sign(r));
            float distance = MathF.Sqrt((x * x) + ((r - y) * (r - y)));
            return (Math.Clamp(angle * Math.Abs(r), 0, Length), r > 0 ? r - distance : distance + r);
        }
    }
}
