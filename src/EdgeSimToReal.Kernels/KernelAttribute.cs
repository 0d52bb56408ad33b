namespace EdgeSimToReal.Kernels;

/// <summary>Marks a method as a kernel and says with which group size the runtime launches it.</summary>
/// <param name="groupWidth">Threads of a group along x.</param>
/// <param name="groupHeight">Threads of a group along y; 1 for kernels that run over a list.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelAttribute(int groupWidth, int groupHeight = 1) : Attribute
{
    /// <summary>Threads of a group along x: a multiple of the warp's 32.</summary>
    public int GroupWidth { get; } = groupWidth;

    /// <summary>Threads of a group along y.</summary>
    public int GroupHeight { get; } = groupHeight;
}
