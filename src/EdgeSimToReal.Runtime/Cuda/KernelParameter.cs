namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its first byte among the arguments.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record KernelParameter(string Name, int Offset, int Size);
