using System.Runtime;

namespace EdgeSimToReal.Training;

/// <summary>Keeps garbage collections out of a training's steps.</summary>
/// <remarks>
/// TorchSharp hands the address of a number's native copy to a native call and no more needs the managed object, whose finaliser frees
/// that copy: a collection in the middle of the call makes torch read freed memory. It is rare, on a busy machine less so, and sure to come
/// in a run of weeks. So memory for several steps is set aside at a time, and collections happen between steps alone. Whatever the
/// process allocates meanwhile counts, such as what threads that read images do. A step that allocates more than all of it goes on
/// unprotected; the next ones have more.
/// </remarks>
internal static class CollectionPause
{
    private const long LeastSetAside = 128L << 20, MostSetAside = 512L << 20;
    private const int StepsSetAside = 4;
    private static long _setAside = LeastSetAside;
    private static long _end; // bytes allocated by the process when all of it is used
    private static long _stepBegan;
    private static long _largestStep;
    private static bool _active;
    private static int _depth;

    /// <summary>Begins a step, or a validation; ends with the result's disposal. Steps of one process don't overlap.</summary>
    public static IDisposable Begin()
    {
        if (_depth++ == 0)
        {
            // What was allocated since the last step, such as by opening a file of weights, may have used it up.
            if (_active && (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion || IsUsedUp(GC.GetTotalAllocatedBytes())))
                End();
            if (!_active && GC.TryStartNoGCRegion(_setAside))
            {
                _active = true;
                _largestStep = 0;
                _end = GC.GetTotalAllocatedBytes() + _setAside;
            }
            _stepBegan = GC.GetTotalAllocatedBytes();
        }
        return new Scope();
    }

    private static void Leave()
    {
        if (--_depth > 0 || !_active)
            return;
        long allocated = GC.GetTotalAllocatedBytes();
        _largestStep = Math.Max(_largestStep, allocated - _stepBegan);
        if (!IsUsedUp(allocated))
            return;
        _setAside = Math.Clamp(StepsSetAside * _largestStep, LeastSetAside, MostSetAside);
        End();
    }

    private static bool IsUsedUp(long allocated) => _end - allocated <= Math.Max(2 * _largestStep, LeastSetAside / 4);

    private static void End()
    {
        _active = false;
        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // More was allocated than had been set aside: the pause has ended by itself.
        }
    }

    private sealed class Scope : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (_left)
                return;
            _left = true;
            Leave();
        }
    }
}
