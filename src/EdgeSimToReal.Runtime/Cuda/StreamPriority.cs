namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Whose work goes first where not all of it fits on a device.</summary>
internal enum StreamPriority
{
    /// <summary>Work that may wait.</summary>
    Low,

    /// <summary>The live path's.</summary>
    High,
}
