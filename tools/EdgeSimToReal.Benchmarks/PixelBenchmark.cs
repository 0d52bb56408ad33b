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
        Row("prepare", Timing.Measure(() => fast.Prepare(picture, planes), seconds: 1), Timing.Measure(() => scalar.Prepare(picture, planes), seconds: 1));
        Row("finish", Timing.Measure(() => fast.Finish(planes, result), seconds: 1), Timing.Measure(() => scalar.Finish(planes, result), seconds: 1));

        void Row(string name, Timing.Result vector, Timing.Result one) => Console.WriteLine(
            $"  {name,-8} {width}x{height} -> {networkWidth}x{networkHeight} {policy,-10} {fast.Level} p50 {vector.P50:F3} ms, {one.P50 / vector.P50:F1} times faster than scalar");
    }
}
