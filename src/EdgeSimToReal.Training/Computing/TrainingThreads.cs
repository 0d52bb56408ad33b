using System.Globalization;
using EdgeSimToReal.Core.Machine;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Computing;

/// <summary>How many threads compute.</summary>
public static class TrainingThreads
{
    private const string Variable = "OMP_NUM_THREADS";

    /// <summary>Sets libtorch's threads; where none are configured takes what <see cref="FreeCores"/> measures, which waits for 0.3 s.</summary>
    /// <param name="configured">Threads; 0: those of OMP_NUM_THREADS, or else as many as other programs leave free.</param>
    /// <param name="report">Gets one line for people: what was chosen, and why.</param>
    /// <returns>The threads.</returns>
    public static int Use(int configured, Action<string> report)
    {
        (int threads, string line) = Choose(configured, Environment.GetEnvironmentVariable(Variable), FreeCores.Measure);
        set_num_threads(threads);
        report(line);
        return threads;
    }

    /// <summary>The choice.</summary>
    /// <param name="configured">Threads; 0: none are configured.</param>
    /// <param name="variable">The value of OMP_NUM_THREADS; null where it isn't set.</param>
    /// <param name="measure">Measures the free cores.</param>
    internal static (int Threads, string Line) Choose(int configured, string? variable, Func<int> measure)
    {
        if (configured > 0)
            return (configured, $"threads: {configured}, as configured");
        if (int.TryParse(variable, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given > 0)
            return (given, $"threads: {given}, as {Variable} says");
        int free = measure();
        return (free, $"threads: {free} ({free} of {Environment.ProcessorCount} cores are free)");
    }
}
