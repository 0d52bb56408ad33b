namespace EdgeSimToReal.Kernels.Tests;

/// <summary>The suite by way of the driver layer and the fake driver.</summary>
[Collection(nameof(MockCudaCollection))]
public sealed class MockCudaKernelTests() : KernelSuite(MockCudaKernelDevice.Open);
