using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A kernel with typed arguments. A launch allocates nothing.</summary>
/// <typeparam name="TArguments">The arguments: a field a parameter, in order, laid out alike.</typeparam>
internal sealed unsafe class CudaKernel<TArguments>
    where TArguments : unmanaged
{
    private readonly CudaModule _module;
    private readonly nint _function;
    private readonly KernelDescription _description;
    private readonly int[] _offsets;

    /// <summary>Binds a function.</summary>
    /// <param name="module">The module that it lives in.</param>
    /// <param name="function">The driver's function.</param>
    /// <param name="description">Group size and parameters.</param>
    /// <exception cref="ArgumentException">The arguments are not those of the kernel.</exception>
    public CudaKernel(CudaModule module, nint function, KernelDescription description)
    {
        (_module, _function, _description) = (module, function, description);
        _offsets = [.. description.Parameters.Select(parameter => parameter.Offset)];
        // The structure may end in padding, to a multiple of a pointer's size.
        KernelParameter last = description.Parameters[^1];
        int bytes = last.Offset + last.Size;
        if (sizeof(TArguments) != (bytes + sizeof(nint) - 1) / sizeof(nint) * sizeof(nint))
        {
            throw new ArgumentException(
                $"{typeof(TArguments).Name} has {sizeof(TArguments)} bytes; {description.Name} takes {bytes}.", nameof(description));
        }
    }

    /// <summary>Launches one thread an element of a picture or list, in whole groups.</summary>
    /// <param name="stream">Where it queues up.</param>
    /// <param name="width">Elements along x, at least 1.</param>
    /// <param name="height">Elements along y, at least 1; 1 for lists.</param>
    /// <param name="arguments">The arguments; copied by the call.</param>
    /// <param name="sharedBytes">Dynamic shared memory of each group in bytes.</param>
    /// <exception cref="EdgeSimException">The driver refuses.</exception>
    public void Launch(CudaStream stream, int width, int height, in TArguments arguments, int sharedBytes = 0)
    {
        ObjectDisposedException.ThrowIf(_module.IsClosed, _module);
        (uint groupWidth, uint groupHeight) = ((uint)_description.GroupWidth, (uint)_description.GroupHeight);
        CudaDriver driver = _module.Device.Driver;
        void** pointers = stackalloc void*[_offsets.Length];
        fixed (TArguments* first = &arguments)
        {
            for (int i = 0; i < _offsets.Length; i++)
                pointers[i] = (byte*)first + _offsets[i];
            driver.Check(
                driver.LaunchKernel(_function, ((uint)width + groupWidth - 1) / groupWidth, ((uint)height + groupHeight - 1) / groupHeight,
                    1, groupWidth, groupHeight, 1, (uint)sharedBytes, stream.Handle, pointers, null),
                "launch the kernel", _description.Name);
        }
        GC.KeepAlive(_module);
    }
}
