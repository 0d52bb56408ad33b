namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The suite on ILGPU's CPU accelerator.</summary>
public sealed class CpuAcceleratorKernelTests() : KernelSuite(() => new CpuAcceleratorDevice());
