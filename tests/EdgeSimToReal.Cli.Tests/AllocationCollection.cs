namespace EdgeSimToReal.Cli.Tests;

/// <summary>Counts of the whole process bear no other test beside them.</summary>
[CollectionDefinition(nameof(AllocationCollection), DisableParallelization = true)]
public class AllocationCollection;
