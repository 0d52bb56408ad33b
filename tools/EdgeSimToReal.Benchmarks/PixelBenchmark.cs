using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Benchmarks;

/// <summary>Pre- and postprocessing: vectors against the scalar twin.</summary>
internal static class PixelBenchmark
{
    public static void Run()
    {
        Console.WriteLine("prepare and finish, one thread");
        Pair(512, 256, 512, 256, FitPolicy.Exact);
        Pair(1920, 1088, 1920, 1088, FitPolicy.Exact);
        Pair(1920, 1080, 512, 256, FitPolicy.Letterbox);
    }

    private static void Pair(int width, int height, int networkWidth, int networkHeight, FitPolicy policy)
    {
        FrameGeometry geometry = FrameGeometry.Create(width, height, networkWidth, networkHeight, policy);
        PixelConverter fast = new(geometry), scalar = new(geometry, SimdLevel.Scalar);
        byte[] picture = new byte[width * height * 4], result = new byte[geometry.OutputBytes];
        new Random(1).NextBytes(picture);
        float[] planes = new float[geometry.NetworkValues];
        Row("prepare", converter => converter.Prepare(picture, planes));
        Row("finish", converter => converter.Finish(planes, result));

        void Row(string name, Action<PixelConverter> act)
        {
            Timing.Result vector = Timing.Measure(() => act(fast), seconds: 1), one = Timing.Measure(() => act(scalar), seconds: 1);
            Console.WriteLine($"  {name,-8} {width}x{height} -> {networkWidth}x{networkHeight} {policy,-10} {fast.Level} p50 {vector.P50:F3} ms, "
                + $"{one.P50 / vector.P50:F1} times faster than scalar");
        }
    }
}
