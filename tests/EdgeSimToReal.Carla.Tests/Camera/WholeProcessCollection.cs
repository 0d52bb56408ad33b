namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>Tests of the whole process (its allocations, its signals) bear no other test beside them.</summary>
[CollectionDefinition(nameof(WholeProcessCollection), DisableParallelization = true)]
public class WholeProcessCollection;
