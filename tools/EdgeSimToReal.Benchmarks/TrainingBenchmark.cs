using System.Diagnostics;
using System.Globalization;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Training.Lcsae;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Benchmarks;

/// <summary>A training step of a preset in each mode that a machine may have to train in: a table, and the parts of a step.</summary>
/// <remarks>
/// Modes with oneDNN are measured in turns, a step each, for a minute: what else the machine does then strikes them alike. A step with R1, every
/// 16th of a run, is measured by itself and counted with its share. The mode without oneDNN takes one step, which has R1.
/// </remarks>
internal static class TrainingBenchmark
{
    private const int StepsFromR1ToR1 = 16;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static void Run(string preset, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        ConvolutionChoice choice = TorchComputing.Choose();
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
        Console.WriteLine($"  {choice.Line}");
        List<Mode> modes = [new("fp32", configuration, device, ScalarType.Float32, true), new("bf16", configuration, device, ScalarType.BFloat16, true)];
        if (device.type == DeviceType.CPU)
            modes.Add(new Mode("fp32, oneDNN off", configuration, device, ScalarType.Float32, false));
        if (!choice.UsesOneDnn)
            modes.RemoveAll(mode => mode.UsesOneDnn);
        // The first step of a run has R1, and warms up what follows. Without oneDNN a step may take as long as all others together: it comes
        // last, and once.
        Mode[] quick = [.. modes.Where(mode => mode.UsesOneDnn == choice.UsesOneDnn)];
        while (Stopwatch.GetElapsedTime(start) < Limit)
        {
            foreach (Mode mode in quick)
                mode.Advance(choice);
        }
        foreach (Mode mode in modes.Except(quick))
            mode.Advance(choice);
        Console.WriteLine("  mode                step, ms   with R1, ms   images/s   over the first");
        double first = modes[0].Milliseconds;
        foreach (Mode mode in modes)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {mode.Name,-18}{mode.Plain,10:F0}{mode.Regularised,14:F0}")
                + string.Create(CultureInfo.InvariantCulture, $"{configuration.ImagesPerStep * 1000 / mode.Milliseconds,11:F1}")
                + string.Create(CultureInfo.InvariantCulture, $"{mode.Milliseconds / first,17:F2}"));
        }
        foreach (Mode mode in modes)
        {
            Console.WriteLine($"  parts of a step, {mode.Name} ({mode.Steps} steps)");
            foreach ((string part, double sum) in mode.Parts.OrderByDescending(part => part.Value))
                Console.WriteLine($"    {part,-32} {sum / mode.Steps,8:F1} ms  {sum / mode.Parts.Values.Sum(),6:P1}");
            mode.Dispose();
        }
    }

    /// <summary>One training, taken a step at a time.</summary>
    private sealed class Mode : IDisposable
    {
        private readonly LcsaeTraining _training;
        private readonly Device _device;
        private long _mark;

        public Mode(string name, LcsaeConfiguration configuration, Device device, ScalarType type, bool usesOneDnn)
        {
            (Name, _device, UsesOneDnn) = (name, device, usesOneDnn);
            _training = new LcsaeTraining(configuration, device, type) { PartDone = Part };
        }

        public string Name { get; }

        public bool UsesOneDnn { get; }

        public Dictionary<string, double> Parts { get; } = [];

        public int Steps { get; private set; }

        /// <summary>Milliseconds of the best step without R1; that of the first where there was none.</summary>
        public double Plain { get; private set; } = double.NaN;

        /// <summary>Milliseconds of the first step, which has R1 and no warm-up before it: an upper bound.</summary>
        public double Regularised { get; private set; } = double.NaN;

        /// <summary>A run's mean step.</summary>
        public double Milliseconds => double.IsNaN(Plain) ? Regularised : (((StepsFromR1ToR1 - 1) * Plain) + Regularised) / StepsFromR1ToR1;

        public void Advance(ConvolutionChoice choice)
        {
            bool regularises = _training.Step % StepsFromR1ToR1 == 0;
            if (choice.UsesOneDnn)
                TorchComputing.UseOneDnn(UsesOneDnn);
            long start = Stopwatch.GetTimestamp();
            _mark = start;
            _training.Advance();
            Wait();
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Steps++;
            if (regularises)
                Regularised = double.IsNaN(Regularised) ? milliseconds : Math.Min(Regularised, milliseconds);
            else
                Plain = double.IsNaN(Plain) ? milliseconds : Math.Min(Plain, milliseconds);
        }

        public void Dispose() => _training.Dispose();

        private void Part(string part)
        {
            Wait();
            long now = Stopwatch.GetTimestamp();
            Parts[part] = Parts.GetValueOrDefault(part) + Stopwatch.GetElapsedTime(_mark, now).TotalMilliseconds;
            _mark = now;
        }

        private void Wait()
        {
            if (_device.type == DeviceType.CUDA)
                cuda.synchronize();
        }
    }
}
