namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>Tests that choose an instruction set, which is one for the whole process: no other test may run beside them.</summary>
[CollectionDefinition(nameof(KernelLevelCollection), DisableParallelization = true)]
public sealed class KernelLevelCollection;
