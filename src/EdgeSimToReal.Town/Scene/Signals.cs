namespace EdgeSimToReal.Town.Scene;

/// <summary>Traffic lights: each is a function of time. A signal is named by its junction's index times two, plus one for the side street.</summary>
internal sealed class Signals(ulong seed)
{
    private const double Cycle = 40;

    /// <summary>Whether a lamp is lit.</summary>
    /// <param name="lamp">One of the three lamp materials.</param>
    /// <param name="signal">Junction index * 2 + (side street ? 1 : 0).</param>
    /// <param name="time">Simulated seconds.</param>
    public bool Lit(Material lamp, int signal, double time)
    {
        double phase = (time / Cycle) + (StableRandom.Hash(seed + (ulong)(signal / 2)) % 1000 / 1000.0);
        phase = (phase - Math.Floor(phase)) * Cycle;
        // The town's own traffic does not stop, so the main road's red is short.
        bool side = (signal & 1) == 1;
        int state = phase < 30 ? 2 : phase < 33 ? 1 : 0;
        if (side)
            state = phase is > 34.5 and < 38 ? 2 : phase is >= 38 and < 39.5 ? 1 : 0;
        return lamp switch
        {
            Material.LampGreen => state == 2,
            Material.LampAmber => state == 1,
            _ => state == 0,
        };
    }
}
