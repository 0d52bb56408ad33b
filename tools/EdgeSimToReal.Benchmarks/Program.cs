using System.Globalization;
using EdgeSimToReal.Benchmarks;
using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.Networks.Computing;

// Every figure is a ratio to a reference that is measured in the same run; absolute times are printed beside it.
TorchComputing.Begin();
string what = args.Length > 0 ? args[0] : "all";
// A loaded machine is slow with more threads than free cores.
int threads = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int given) ? given : Environment.ProcessorCount;
bool known = false;
if (what is "raw-server")
{
    // A child process of the stream benchmark.
    RawReplayer.Serve(int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture),
        double.Parse(args[3], CultureInfo.InvariantCulture));
    return 0;
}
if (what is "town" or "all")
{
    known = true;
    RenderBenchmark.Run();
    TownBenchmark.Run();
}
if (what is "live" or "all")
{
    known = true;
    LiveBenchmark.Run(what is "live" && args.Length > 1 ? args[1] : "edge", 512, 256, threads);
}
if (what is "full")
{
    known = true;
    LiveBenchmark.Run("full", 512, 256, threads);
}
if (what is "presets")
{
    known = true;
    PresetBenchmark.Run(args.Length > 1 ? args[1..] : ["edge", "edge-pyramid"], seconds: 4);
}
if (what is "precision")
{
    known = true;
    PrecisionBenchmark.Run(args.Length > 1 ? args[1] : "all", args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 2);
}
if (what is "start" or "all")
{
    known = true;
    StartBenchmark.Run(args.Length > 1 ? args[1] : ModelLocator.Default);
}
if (what is "pixels" or "all")
{
    known = true;
    PixelBenchmark.Run();
}
if (what is "guard" or "all")
{
    known = true;
    GuardBenchmark.Run(args.Length > 1 ? args[1] : ModelLocator.Default, threads);
}
if (what is "gpu")
    return EdgeSimToReal.GpuCheck.Program.Main(args[1..]);
if (what is "train")
{
    known = true;
    TrainingBenchmark.Run(args.Length > 1 ? args[1] : "edge-small-data", threads);
}
if (what is "losses")
{
    Console.WriteLine(TorchComputing.Choose().Line);
    known = true;
    if (args.Length < 8)
    {
        Console.Error.WriteLine("error: use: losses SIM_TRAIN SIM_HELD_OUT SIM_SPACE REAL_TRAIN REAL_HELD_OUT REAL_SPACE SEGMENTER [STEPS [FURTHER_STEPS]]");
        return 2;
    }
    LossesBenchmark.Run((args[1], args[2], args[4], args[5]), (args[3], args[6]), args[7],
        args.Length > 8 ? int.Parse(args[8], CultureInfo.InvariantCulture) : 200,
        args.Length > 9 ? int.Parse(args[9], CultureInfo.InvariantCulture) : 1000, threads);
}
if (what is "stream" or "all")
{
    known = true;
    StreamBenchmark.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60);
}
if (!known)
{
    Console.Error.WriteLine(
        $"error: there is no benchmark '{what}'. Use one of: live, full, presets, precision, start, pixels, guard, town, stream, gpu, train, losses, all.");
    return 2;
}
return 0;
