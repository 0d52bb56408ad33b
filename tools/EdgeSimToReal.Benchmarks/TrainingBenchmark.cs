using System.Diagnostics;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Training.Lcsae;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>A training step of preset edge: its parts, its time over the networks' bare passes, bf16 over fp32.</summary>
internal static class TrainingBenchmark
{
    /// <summary>Steps from one R1 to the next: a round holds each kind of step as often as a run does.</summary>
    private const int Round = 16;

    private const int Rounds = 2;
    private const int WarmUp = 2;

    public static void Run(string preset, int threads)
    {
        set_num_threads(threads);
        Device device = cuda.is_available() ? CUDA : CPU;
        LcsaeConfiguration configuration = LcsaeConfiguration.Preset(preset);
        using DrawnPictures pictures = new(LabelSpaces.ByName(configuration.LabelSpace));
        configuration = configuration with
        {
            SharedBatch = true,
            Simulated = [pictures.Set],
            Real = [pictures.Set],
            Outer = configuration.Outer with { Segmenters = [pictures.SegmenterFile], RampSteps = 0 },
        };
        Console.WriteLine($"train: preset {preset}, N = {configuration.BatchSize}, {configuration.CropWidth}x{configuration.CropHeight}, "
            + $"{threads} threads, {device}");
        double single = Measure(configuration, device, ScalarType.Float32), half = Measure(configuration, device, ScalarType.BFloat16);
        Console.WriteLine($"  fp32 over bf16                     {single / half:F2} times (aim on a processor with AMX: 2.5)");
    }

    /// <summary>Milliseconds of a step.</summary>
    private static double Measure(LcsaeConfiguration configuration, Device device, ScalarType type)
    {
        using LcsaeTraining training = new(configuration, device, type);
        using BareNetworks bare = new(configuration, device, type);
        Dictionary<string, double> parts = [];
        long mark = 0;
        training.PartDone = part =>
        {
            Wait(device);
            long now = Stopwatch.GetTimestamp();
            parts[part] = parts.GetValueOrDefault(part) + Stopwatch.GetElapsedTime(mark, now).TotalMilliseconds;
            mark = now;
        };
        Time(WarmUp, _ => training.Advance());
        Time(WarmUp, i => bare.Step(i == 0));
        parts.Clear();
        List<double> trainer = [], passes = [];
        for (int round = 0; round < Rounds; round++)
        {
            trainer.Add(Time(Round, _ =>
            {
                mark = Stopwatch.GetTimestamp();
                training.Advance();
            }));
            passes.Add(Time(Round, i => bare.Step(i == 0)));
        }
        double best = trainer.Min();
        Console.WriteLine($"  {type}");
        Console.WriteLine($"    step                             {best:F0} ms, {configuration.ImagesPerStep * 1000 / best:F1} images/s");
        Console.WriteLine($"    over the networks' bare passes   {best / passes.Min():F2} times "
            + "(aim: 1.10)");
        foreach ((string part, double sum) in parts.OrderByDescending(part => part.Value))
            Console.WriteLine($"    {part,-32} {sum / (Rounds * Round),6:F1} ms  {sum / parts.Values.Sum(),6:P1}");
        return best;

        double Time(int count, Action<int> action)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
                action(i);
            Wait(device);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / count;
        }
    }

    private static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize();
    }
}
