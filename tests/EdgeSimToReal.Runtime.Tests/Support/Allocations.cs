namespace EdgeSimToReal.Runtime.Tests.Support;

/// <summary>Managed bytes over all threads.</summary>
internal static class Allocations
{
    /// <summary>Asserts that an action allocates nothing over many calls, after a warm-up.</summary>
    /// <remarks>
    /// The runtime's own threads (tiered compilation, the test host) allocate now and then: three tries, one must be clean. An action
    /// that allocates even a single byte a call fails all three.
    /// </remarks>
    public static void AssertNone(int calls, Action action)
    {
        for (int i = 0; i < 50; i++)
            action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 3 && least > 0; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            for (int i = 0; i < calls; i++)
                action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }
        Assert.Equal(0, least);
    }
}
