using System.Numerics;

namespace EdgeSimToReal.Town.Scene;

/// <content>Carriageway, paint, kerbs and pavements.</content>
internal sealed partial class TownBuilder
{
    private const float Lift = 0.008f;

    private void BuildRoad()
    {
        _ = (seed, actors);
        double length = plan.Path.Length;
        int steps = (int)(length / 4);
        for (int i = 0; i < steps; i++)
        {
            double from = length * i / steps, to = length * (i + 1) / steps;
            MeshBuilder ground = At(plan.Path.At(from, 0).At, Layer.Ground);
            ground.Use(Material.Asphalt, TownTag.Road, 0xC8C8C8);
            Strip(ground, from, to, -DrivePath.HalfWidth, DrivePath.HalfWidth, 0, 5);
            MeshBuilder paint = At(plan.Path.At(from, 0).At, Layer.Paint);
            paint.Use(Material.LanePaint, TownTag.RoadLine, 0xD8A828);
            Strip(paint, from, to, -0.2f, -0.08f, Lift, 2);
            Strip(paint, from, to, 0.08f, 0.2f, Lift, 2);
        }
    }

    /// <summary>A level strip along the main road between two lateral offsets.</summary>
    private void Strip(MeshBuilder builder, double from, double to, float left, float right, float height, float metresPerRepeat)
    {
        Vector3 up = new(0, 0, height);
        Vector3 a = plan.Path.At(from, left).At + up, b = plan.Path.At(from, right).At + up;
        Vector3 c = plan.Path.At(to, right).At + up, d = plan.Path.At(to, left).At + up;
        builder.Quad(a, b, c, d, Vector3.UnitZ, left / metresPerRepeat, (float)from / metresPerRepeat, right / metresPerRepeat, (float)to / metresPerRepeat);
    }
}
