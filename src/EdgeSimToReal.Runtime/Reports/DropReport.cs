namespace EdgeSimToReal.Runtime.Reports;

/// <summary>Frames that the pipeline never saw, by cause.</summary>
/// <param name="ByServer">Gaps in the simulator's frame numbers.</param>
/// <param name="ByFullQueue">Made room for newer ones because every buffer was waiting.</param>
/// <param name="ByDeadline">Skipped because a newer one was there and they were past the deadline.</param>
/// <param name="Damaged">Arrived damaged or without their partner.</param>
/// <param name="Total">The sum.</param>
public sealed record DropReport(long ByServer, long ByFullQueue, long ByDeadline, long Damaged, long Total);
