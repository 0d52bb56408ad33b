namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>Whole-process allocation counts bear no other test beside them.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationCollection;
