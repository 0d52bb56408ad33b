namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The suite on a GPU; skips where there is none.</summary>
public sealed class CudaKernelTests() : KernelSuite(CudaKernelDevice.OpenOrSkip);
