using System.Diagnostics;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The built-in simulator's renderer on one thread: a drive with picture and tags.</summary>
internal static class RenderBenchmark
{
    private const int Frames = 300;
    private const double FrameTime = 1.0 / 30;

    public static void Run()
    {
        TownScene scene = new(new TownOptions { Seed = 1 });
        TownRenderer renderer = new(scene);
        TownState state = new(scene);
        CameraView view = new(512, 256);
        TownWeather weather = TownWeather.Clear;
        RenderTargets targets = new() { Bgra = new byte[512 * 256 * 4], Tags = new byte[512 * 256] };
        double time = 0;
        Timing.Result result = Timing.Measure(Render, warmUp: 60, least: Frames, seconds: 1);
        long start = Stopwatch.GetTimestamp();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        for (int i = 0; i < Frames; i++)
            Render();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine("Town renderer, 512x256, picture and tags, one thread, a drive of 10 simulated seconds at 30 frames/s");
        Console.WriteLine($"  {Frames / wall:F0} frames/s (target >= 30), {Frames / processor:F0} a second of processor time; "
            + $"p50 {result.P50:F1} ms, p99 {result.P99:F1} ms");

        void Render()
        {
            time += FrameTime;
            state.Time = time;
            Pose pose = scene.EgoPose(time) with { Z = 1.8f };
            renderer.Render(state, weather, pose, view, targets);
        }
    }
}
