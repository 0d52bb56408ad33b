namespace EdgeSimToReal.Core.Latency;

/// <summary>The parts of a frame's way through the pipeline, each between two stamps of <see cref="Frames.FrameStamps"/>.</summary>
public enum LatencyStage
{
    /// <summary>Picture taken → first byte here. Observable only where the source tells the capture time (Town).</summary>
    CaptureToArrival,

    /// <summary>Tick answered → last byte here. Synchronous mode only.</summary>
    TickToLastByte,

    /// <summary>First byte → last byte.</summary>
    Receive,

    /// <summary>Last byte → taken by the pipeline.</summary>
    Wait,

    /// <summary>Taken → preprocessed.</summary>
    Prepare,

    /// <summary>Preprocessed → inferred.</summary>
    Infer,

    /// <summary>Inferred → postprocessed.</summary>
    Finish,

    /// <summary>Postprocessed → judged by the label guard, or taken over by it. Only where there is one.</summary>
    Guard,

    /// <summary>Postprocessed (and guarded) → the sink has it.</summary>
    Sink,

    /// <summary>First byte → the sink has it.</summary>
    Total,
}
