using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>What a program does before it computes by libtorch.</summary>
public static class TorchComputing
{
    private static readonly Lazy<ConvolutionChoice> Choice = new(Make);

    /// <summary>
    /// In the child of a self-check: checks, and ends the process. Elsewhere sets what the OpenMP runtime reads once, and returns. The first
    /// call of every program that uses libtorch.
    /// </summary>
    public static void Begin()
    {
        OpenMp.SleepWhenIdle();
        if (SelfCheckProcess.IsChild)
            SelfCheckProcess.Serve(); // does not return
    }

    /// <summary>
    /// Checks libtorch's convolutions and turns oneDNN off for this process where they are wrong; a result is kept for as long as the
    /// machine runs. The check runs in a child that is this program again, which has to come to <see cref="Begin"/> or to this call.
    /// </summary>
    /// <returns>What was chosen; the same at every call.</returns>
    /// <exception cref="Core.EdgeSimException">oneDNN must be turned off, and this libtorch lacks the switch.</exception>
    public static ConvolutionChoice Choose() => Choice.Value;

    /// <summary>Lets libtorch compute by oneDNN or not, whatever the check found; for measurements.</summary>
    /// <param name="use">Whether it may.</param>
    /// <exception cref="Core.EdgeSimException">This libtorch lacks the switch.</exception>
    public static void UseOneDnn(bool use) => OneDnn.IsEnabled = use;

    private static ConvolutionChoice Make()
    {
        Begin();
        string folder = UserCache.Folder("self-check"), key = SelfCheckCache.Key();
        SelfCheckResult? kept = SelfCheckCache.Read(folder, key);
        SelfCheckResult result = kept ?? SelfCheckProcess.Run(SelfCheckProcess.Forced);
        if (kept is null)
            SelfCheckCache.Write(folder, key, result);
        ConvolutionChoice choice = ConvolutionChoice.From(result, ProcessorCaches.Read(), kept is not null);
        if (!choice.UsesOneDnn)
            OneDnn.IsEnabled = false;
        return choice;
    }
}
