using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <content>Paint on the road. It lies 8 mm above the asphalt: seen from 1.5 m that is a clear difference in depth at any distance.</content>
internal sealed partial class TownBuilder
{
    private const float Lift = 0.008f;
    private const uint White = 0xE6E6E2;
    private const uint Yellow = 0xD9A521;

    private void BuildPaint()
    {
        double length = plan.Path.Length;
        // Three-metre marks with gaps: 1 on, 2 off for lanes.
        int marks = (int)(length / 3);
        for (int i = 0; i < marks; i++)
        {
            double from = length * i / marks, to = length * (i + 1) / marks;
            double junction = NearestJunction((from + to) / 2);
            MeshBuilder paint = At(plan.Path.At(from, 0).At, Layer.Paint);
            if (junction < 11)
                continue;
            paint.Use(Material.LanePaint, TownTag.RoadLine, Yellow);
            bool parkingStreet = IsParkingStreet(from);
            if (!parkingStreet || i % 3 == 0)
            {
                Strip(paint, from, to, parkingStreet ? -0.08f : -0.21f, parkingStreet ? 0.08f : -0.09f, Lift, 1.5f);
                if (!parkingStreet)
                    Strip(paint, from, to, 0.09f, 0.21f, Lift, 1.5f);
            }
            paint.Use(Material.LanePaint, TownTag.RoadLine, White);
            if (parkingStreet)
            {
                Strip(paint, from, to, -4.72f, -4.62f, Lift, 1.5f);
                Strip(paint, from, to, 4.62f, 4.72f, Lift, 1.5f);
            }
            else if (i % 3 == 0)
            {
                Strip(paint, from, to, -3.56f, -3.44f, Lift, 1.5f);
                Strip(paint, from, to, 3.44f, 3.56f, Lift, 1.5f);
            }
        }
        foreach (RoadPlan.Junction junction in plan.Junctions)
            JunctionPaint(junction);
    }

    private void JunctionPaint(RoadPlan.Junction junction)
    {
        Affine frame = plan.Path.FrameAt(junction.Distance);
        MeshBuilder paint = At(frame.Origin, Layer.Paint);
        paint.Frame = frame;
        paint.Use(Material.LanePaint, TownTag.RoadLine, White);
        foreach (int end in (ReadOnlySpan<int>)[-1, 1])
        {
            for (float y = -6.55f; y < 6.5f; y += 0.95f)
                Level(paint, end * 5.0f, end * 7.8f, y, y + 0.48f, Lift, 1.7f);
            // Stop line of the lanes that come towards the junction.
            Level(paint, end * 9.0f, end * 9.45f, end < 0 ? 0.25f : -6.8f, end < 0 ? 6.8f : -0.25f, Lift, 1.7f);
        }
        foreach ((int side, float length) in (ReadOnlySpan<(int, float)>)[(-1, junction.LeftLength), (1, junction.RightLength)])
        {
            if (length == 0)
                continue;
            MeshBuilder street = At(frame.Apply(new Vector3(0, side * 15, 0)), Layer.Paint);
            street.Frame = SideFrame(junction.Distance, side);
            street.Use(Material.LanePaint, TownTag.RoadLine, White);
            for (float x = -3.9f; x < 3.9f; x += 0.95f)
                Level(street, x, x + 0.48f, 8.0f, 10.4f, Lift, 1.7f);
            Level(street, -RoadPlan.SideHalfWidth + 0.2f, -0.2f, 11.6f, 12.0f, Lift, 1.7f);
            street.Use(Material.LanePaint, TownTag.RoadLine, Yellow);
            for (float y = 13; y < length; y += 6)
                Level(street, -0.07f, 0.07f, y, y + 3, Lift, 1.5f);
        }
    }

    private double NearestJunction(double distance)
    {
        double best = double.MaxValue;
        foreach (RoadPlan.Junction junction in plan.Junctions)
            best = Math.Min(best, Math.Abs(plan.Apart(distance, junction.Distance)));
        return best;
    }

    /// <summary>Whether the outer lanes are for parking there (else they are driving lanes); changes at junctions.</summary>
    private bool IsParkingStreet(double distance)
    {
        int section = 0;
        foreach (RoadPlan.Junction junction in plan.Junctions)
        {
            if (distance >= junction.Distance)
                section++;
        }
        return StableRandom.Hash(seed ^ (ulong)((section % Math.Max(1, plan.Junctions.Length)) + 77)) % 3 != 0;
    }
}
