using EdgeSimToReal.Core;
using EdgeSimToReal.Training.Computing;

namespace EdgeSimToReal.Training.Running;

/// <summary>
/// How a run is kept and watched; nothing here changes what is learnt, but for rounding. The cadences in steps count from step 0.
/// </summary>
public sealed record RunOptions
{
    /// <summary>Where it runs: "auto" (a CUDA device where there is one), "cpu", "cuda" or "cuda:N".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of a processor that compute; 0: as many as other programs leave free at the start, or as OMP_NUM_THREADS says.</summary>
    public int Threads { get; init; }

    /// <summary>What the networks compute in.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>Whether a CUDA device's fp32 products may round their factors to TF32's 10 bits, which is several times faster.</summary>
    public bool Tf32 { get; init; } = true;

    /// <summary>A checkpoint every so many steps; 0: by time alone. The last step is always saved.</summary>
    public long CheckpointSteps { get; init; } = 1000;

    /// <summary>A checkpoint at the latest so many minutes after the one before; 0: by steps alone.</summary>
    public double CheckpointMinutes { get; init; } = 15;

    /// <summary>So many newest checkpoints stay, at least 1; the one with the best validation score stays besides.</summary>
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>A validation every so many steps, and after the last; 0: never.</summary>
    public long ValidationSteps { get; init; } = 1000;

    /// <summary>Pictures every so many steps, and after the last; 0: never.</summary>
    public long SampleSteps { get; init; } = 1000;

    /// <summary>A line of metrics every so many steps, with the scalars' means, at least 1.</summary>
    public long MetricsSteps { get; init; } = 10;

    /// <summary>Seconds between two lines for people where standard error is no terminal, above 0.</summary>
    public double LineSeconds { get; init; } = 30;

    /// <summary>When a discriminator counts as collapsed.</summary>
    public GuardOptions Guard { get; init; } = new();

    /// <summary>Checks all values' ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        Check(Threads >= 0, nameof(Threads), Threads, "0 or more");
        Check(CheckpointSteps >= 0, nameof(CheckpointSteps), CheckpointSteps, "0 or more");
        Check(CheckpointMinutes >= 0, nameof(CheckpointMinutes), CheckpointMinutes, "0 or more");
        Check(KeepCheckpoints >= 1, nameof(KeepCheckpoints), KeepCheckpoints, "1 or more");
        Check(ValidationSteps >= 0, nameof(ValidationSteps), ValidationSteps, "0 or more");
        Check(SampleSteps >= 0, nameof(SampleSteps), SampleSteps, "0 or more");
        Check(MetricsSteps >= 1, nameof(MetricsSteps), MetricsSteps, "1 or more");
        Check(LineSeconds > 0, nameof(LineSeconds), LineSeconds, "more than 0");
        Check(Guard.CollapseSteps >= 0, "guard.collapseSteps", Guard.CollapseSteps, "0 or more");

        static void Check(bool valid, string name, double value, string range)
        {
            if (!valid)
            {
                throw new EdgeSimException(
                    string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"'run.{char.ToLowerInvariant(name[0])}{name[1..]}' is {value}."), $"Give {range}.");
            }
        }
    }
}
