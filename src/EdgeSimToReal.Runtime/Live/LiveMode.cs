namespace EdgeSimToReal.Runtime.Live;

/// <summary>What a translator on a GPU is tuned for.</summary>
public enum LiveMode
{
    /// <summary>One frame in flight: each goes out as soon as it can.</summary>
    Latency,

    /// <summary>Upload, compute and download of successive frames overlap: more frames a second, each a little later.</summary>
    Throughput,
}
