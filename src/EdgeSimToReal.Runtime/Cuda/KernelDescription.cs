namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>What a launch must know of a kernel.</summary>
/// <param name="Name">The kernel's name and the PTX's entry.</param>
/// <param name="GroupWidth">Threads of a group along x.</param>
/// <param name="GroupHeight">Threads of a group along y.</param>
/// <param name="Parameters">The parameters in order.</param>
internal sealed record KernelDescription(string Name, int GroupWidth, int GroupHeight, IReadOnlyList<KernelParameter> Parameters);
