namespace EdgeSimToReal.Kernels.Tests;

/// <summary>Tests on the fake driver, whose state is the process's: one after another.</summary>
[CollectionDefinition(nameof(MockCudaCollection), DisableParallelization = true)]
public sealed class MockCudaCollection;
