using EdgeSimToReal.Core.Latency;

namespace EdgeSimToReal.Runtime.Reports;

/// <summary>One stage's latency in milliseconds; the figures are null where the stage was not observable.</summary>
public sealed record StageReport
{
    /// <summary>Number of measured frames.</summary>
    public required long Count { get; init; }

    /// <summary>Why there are no figures; null where there are.</summary>
    public string? NotObservable { get; init; }

    /// <summary>Median.</summary>
    public double? P50 { get; init; }

    /// <summary>90th percentile.</summary>
    public double? P90 { get; init; }

    /// <summary>99th percentile.</summary>
    public double? P99 { get; init; }

    /// <summary>99.9th percentile.</summary>
    public double? P999 { get; init; }

    /// <summary>Largest value.</summary>
    public double? Max { get; init; }

    /// <summary>Mean.</summary>
    public double? Mean { get; init; }

    /// <summary>The figures of a histogram.</summary>
    /// <param name="histogram">Nanoseconds.</param>
    /// <param name="stage">The stage, for the reason why it is empty.</param>
    /// <param name="frames">Frames that were measured, for the same reason.</param>
    public static StageReport Create(LatencyHistogram histogram, LatencyStage stage, long frames)
    {
        if (histogram.Count == 0)
        {
            return new StageReport
            {
                Count = 0,
                NotObservable = frames == 0 ? "no frame was measured after the warm-up" : stage switch
                {
                    LatencyStage.CaptureToArrival =>
                        "the source does not tell when a picture was taken (CARLA's images carry simulated time alone)",
                    LatencyStage.TickToLastByte => "only synchronous mode has ticks",
                    LatencyStage.Guard => "the label guard is off",
                    LatencyStage.Receive or LatencyStage.Wait or LatencyStage.Total =>
                        "the source does not receive its frames byte by byte",
                    _ => "the translator or the sink does not stamp this stage",
                },
            };
        }
        return new StageReport
        {
            Count = histogram.Count,
            P50 = Milliseconds(histogram.Percentile(50)),
            P90 = Milliseconds(histogram.Percentile(90)),
            P99 = Milliseconds(histogram.Percentile(99)),
            P999 = Milliseconds(histogram.Percentile(99.9)),
            Max = Milliseconds(histogram.Max),
            Mean = Milliseconds(histogram.Mean),
        };

        static double Milliseconds(double nanoseconds) => Math.Round(nanoseconds / 1e6, 4);
    }
}
