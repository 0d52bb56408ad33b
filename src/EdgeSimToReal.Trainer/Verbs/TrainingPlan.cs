namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>What a training needs and does, told before it starts.</summary>
public sealed record TrainingPlan
{
    /// <summary>Trained parameters by network.</summary>
    public required IReadOnlyDictionary<string, long> Trained { get; init; }

    /// <summary>Frozen parameters.</summary>
    public long Frozen { get; init; }

    /// <summary>fp32 values kept for each trained parameter besides itself and its gradient: moments, averages.</summary>
    public required double CopiesPerParameter { get; init; }

    /// <summary>Values that are kept for the backward pass of one step at most, estimated.</summary>
    public required long Activations { get; init; }

    /// <summary>Groups of data that are drawn from: name, images in it, images drawn a step.</summary>
    public required IReadOnlyList<(string Name, int Images, double PerStep)> Data { get; init; }

    /// <summary>The learning rate at a step that is about to be done, from 0.</summary>
    public required Func<long, double> RateAt { get; init; }
}
