using System.Diagnostics;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;

namespace EdgeSimToReal.Benchmarks;

/// <summary>From the start of the program to its first translated frame, with a warm bake cache.</summary>
internal static class StartBenchmark
{
    private const int Width = 512;
    private const int Height = 256;
    private const int Starts = 7;

    /// <summary>Prints the medians, beside the same program's shortest run.</summary>
    /// <param name="bundle">The model.</param>
    public static void Run(string bundle)
    {
        string folder = Directory.CreateTempSubdirectory("edgesim-bench-").FullName;
        try
        {
            Frame frame = new(Width, Height);
            for (int i = 0; i < frame.Bgra.Length; i++)
                frame.Bgra[i] = i % 4 == 3 ? (byte)255 : (byte)(i / 64);
            ImageFile.Write(Path.Combine(folder, "frame.png"), frame);
            double bare = Median(() => Seconds(1, "--help"));
            Console.WriteLine($"start: {bundle} at {Width}x{Height}, from process start to the first translated frame, medians of {Starts}");
            Console.WriteLine(FormattableString.Invariant($"  edgesim --help, first byte                {1e3 * bare:F0} ms"));
            foreach (string precision in new[] { "fp32", "bf16" })
            {
                double Start() => Seconds(4 * Width * Height, "translate", folder, "--model", bundle, "-o", "-", "--precision", precision);
                Start(); // bakes
                double seconds = Median(Start);
                Console.WriteLine(FormattableString.Invariant(
                    $"  {precision}                                      {1e3 * seconds:F0} ms, {seconds / bare:F1} times that ({(seconds <= 1 ? "met" : "missed")}: at most 1 s)"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(Func<double> measure)
    {
        double[] values = [.. Enumerable.Range(0, Starts).Select(_ => measure())];
        Array.Sort(values);
        return values[Starts / 2];
    }

    private static double Seconds(int bytes, params string[] arguments)
    {
        byte[] output = new byte[bytes];
        long start = Stopwatch.GetTimestamp();
        using ChildProcess program = new("edgesim", showErrors: false, arguments);
        program.Output.ReadExactly(output);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
