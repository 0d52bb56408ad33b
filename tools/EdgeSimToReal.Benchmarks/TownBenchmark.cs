using System.Diagnostics;
using System.Text.Json;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The whole corridor with the shipped model, against a Town that replays from memory in another process.</summary>
internal static class TownBenchmark
{
    private const int Frames = 300;

    public static void Run()
    {
        Console.WriteLine("edgesim translate carla:// with the shipped model at 512x256, against a replaying Town");
        foreach (int rate in new[] { 30, 120 })
        {
            using ChildProcess town = new("edgesim", showErrors: false, "town", "--port", "0", "--replay", "60", "--rate", $"{rate}");
            string address = town.ReadLine();
            using ChildProcess client = new("edgesim", showErrors: false, "translate", address, "-o", "none", "--frames", $"{Frames}", "--json");
            // Only serving counts: by then the frames have long been rendered.
            Thread.Sleep(TimeSpan.FromSeconds(5));
            long start = Stopwatch.GetTimestamp();
            TimeSpan before = town.ProcessorTime;
            using JsonDocument json = JsonDocument.Parse(client.ReadToEnd());
            double share = (town.ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
            JsonElement root = json.RootElement, stages = root.GetProperty("stagesMilliseconds");
            Console.WriteLine($"  Town at {rate} frames/s: {root.GetProperty("framesPerSecond").GetDouble():F1} frames/s translated; "
                + $"total p50 {Figure("total", "p50"):F1} ms, p99 {Figure("total", "p99"):F1} ms; capture -> arrival p50 {Figure("captureToArrival", "p50"):F2} ms; "
                + $"Town's share of a core {share:P1}; {root.GetProperty("dropped").GetProperty("total")} dropped");

            double Figure(string stage, string percentile) =>
                stages.GetProperty(stage).TryGetProperty(percentile, out JsonElement value) ? value.GetDouble() : double.NaN;
        }
    }
}
