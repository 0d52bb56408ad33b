namespace EdgeSimToReal.Training;

/// <summary>Keeps garbage collections out of a training's steps.</summary>
/// <remarks>
/// TorchSharp hands the address of a number's native copy to a native call and no more needs the managed object, whose finaliser frees
/// that copy: a collection in the middle of the call makes torch read freed memory. It is rare, on a busy machine less so, and sure to come
/// in a run of weeks. So memory for many steps is set aside at a time, and collections happen between steps alone. A step that allocates
/// more than all of it goes on unprotected.
/// </remarks>
internal static class CollectionPause
{
    private const long SetAside = 128L << 20;
    private static long _allocatedAtStart;
    private static bool _active;
    private static int _depth;

    /// <summary>Begins a step, or a validation; ends with the result's disposal. Steps of one process don't overlap.</summary>
    public static IDisposable Begin()
    {
        if (_depth++ == 0 && !_active && GC.TryStartNoGCRegion(SetAside))
        {
            _active = true;
            _allocatedAtStart = GC.GetTotalAllocatedBytes();
        }
        return new Scope();
    }

    private static void Leave()
    {
        if (--_depth > 0 || !_active || GC.GetTotalAllocatedBytes() - _allocatedAtStart < SetAside / 2)
            return;
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
