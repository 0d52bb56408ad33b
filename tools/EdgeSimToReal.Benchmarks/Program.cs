using EdgeSimToReal.Benchmarks;

// Every figure is a ratio to a reference that is measured in the same run; absolute times are printed beside it.
string what = args.Length > 0 ? args[0] : "all";
int threads = Environment.ProcessorCount;
bool known = false;
if (what is "live" or "all")
{
    known = true;
    LiveBenchmark.Run("edge", 512, 256, threads);
}
if (what is "full")
{
    known = true;
    LiveBenchmark.Run("full", 512, 256, threads);
}
if (what is "pixels" or "all")
{
    known = true;
    PixelBenchmark.Run();
}
if (what is "streamX")
{
    known = true;
    ;
}
if (!known)
{
    Console.Error.WriteLine($"error: there is no benchmark '{what}'. Use one of: live, full, pixels, stream, all.");
    return 2;
}
return 0;
