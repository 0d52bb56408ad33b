namespace EdgeSimToReal.Training;

/// <summary>Seeds that follow from one seed, a step and a purpose.</summary>
/// <remarks>
/// All randomness of a training is a function of (seed, step, purpose), so the state of its generators and its place in the data are two
/// numbers: a resumed run draws what an uninterrupted one would have drawn.
/// </remarks>
public static class StepSeed
{
    /// <summary>The seed of one purpose at one step.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">A counter: the step, the batch number, the epoch.</param>
    /// <param name="purpose">What is drawn: two purposes draw independently.</param>
    /// <returns>Any 64 bits, as <c>torch.manual_seed</c> takes them.</returns>
    public static long Of(ulong seed, long step, string purpose = "")
    {
        // FNV-1a: stable across processes, which string.GetHashCode is not.
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in purpose)
            hash = (hash ^ c) * 0x100000001b3;
        return (long)SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix(seed) ^ (ulong)step) ^ hash);
    }
}
