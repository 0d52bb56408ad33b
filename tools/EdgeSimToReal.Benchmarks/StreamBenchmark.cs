using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The pass-through path at 1920x1080 against a replayer of raw bytes: exact bytes, lost frames, age.</summary>
internal static class StreamBenchmark
{
    private const int Width = 1920;
    private const int Height = 1080;
    private const double Rate = 30;

    public static void Run(int seconds)
    {
        Console.WriteLine($"edgesim translate --passthrough carla:// -o -, {Width}x{Height} at {Rate} frames/s from raw bytes");
        Consume(seconds, 0, "a consumer that keeps up");
        Consume(Math.Max(seconds / 4, 5), 5, "a consumer that reads 5 frames/s");
    }

    private static void Consume(int seconds, double consumerRate, string name)
    {
        string report = Path.Combine(Path.GetTempPath(), $"edgesim-stream-{Environment.ProcessId}.json");
        using ChildProcess server = new("edgesim-bench", showErrors: true, "raw-server", $"{Width}", $"{Height}", $"{Rate}");
        string port = server.ReadLine();
        int bytes = Width * Height * 4;
        byte[] frame = new byte[bytes];
        byte[][] patterns = [.. Enumerable.Range(0, 8).Select(i => RawReplayer.Pattern((ulong)i, bytes))];
        LatencyHistogram age = new();
        ulong first = 0, last = 0;
        long count = 0, lost = 0, wrong = 0;
        using (ChildProcess client = new("edgesim", showErrors: false, "translate", $"carla://127.0.0.1:{port}", "--passthrough", "-o", "-",
            "--camera", $"{Width}x{Height}", "--drive", "none", "--latency", report, "--seconds", $"{seconds + 1}"))
        {
            long next = Stopwatch.GetTimestamp();
            while (ReadWhole(client.Output, frame))
            {
                long now = Stopwatch.GetTimestamp();
                ulong id = BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(8));
                bool exact = BinaryPrimitives.ReadInt64LittleEndian(frame) == RawReplayer.Mark
                    && frame.AsSpan(RawReplayer.HeadBytes).SequenceEqual(patterns[RawReplayer.PatternOf(id)].AsSpan(RawReplayer.HeadBytes));
                wrong += exact ? 0 : 1;
                age.Record((long)((now - BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(16))) * (1e9 / Stopwatch.Frequency)));
                if (count++ == 0)
                    first = id;
                else if (id > last + 1)
                    lost += (long)(id - last - 1);
                last = id;
                if (consumerRate > 0)
                {
                    next += (long)(Stopwatch.Frequency / consumerRate);
                    TimeSpan pause = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next);
                    if (pause > TimeSpan.Zero)
                        Thread.Sleep(pause);
                }
            }
        }
        double span = (last - first + 1) / Rate;
        Console.WriteLine($"  {name}: {count} frames in {span:F1} s, {wrong} with a wrong byte, {lost} lost");
        Console.WriteLine($"    sent -> whole frame read: p50 {age.Percentile(50) / 1e6:F1} ms, p99 {age.Percentile(99) / 1e6:F1} ms, "
            + $"max {age.Max / 1e6:F1} ms");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(report));
        JsonElement stages = json.RootElement.GetProperty("stagesMilliseconds");
        double wait = Max("receive") + Max("wait");
        Console.WriteLine($"    age when a frame is taken (first byte -> taken): at most {wait:F1} ms, {wait * Rate / 1000:F2} frame periods; "
            + $"drops as edgesim counts them: {json.RootElement.GetProperty("dropped")}");
        File.Delete(report);
        File.Delete(Path.ChangeExtension(report, ".png"));

        double Max(string stage) => stages.GetProperty(stage).GetProperty("max").GetDouble();
    }

    private static bool ReadWhole(Stream stream, byte[] frame)
    {
        for (int read = 0; read < frame.Length;)
        {
            int n = stream.Read(frame, read, frame.Length - read);
            if (n == 0)
                return false;
            read += n;
        }
        return true;
    }
}
