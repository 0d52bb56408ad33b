namespace EdgeSimToReal.Cli.Training;

/// <summary>How far a run is.</summary>
public enum TrainerRunState
{
    /// <summary>Nothing was trained yet.</summary>
    New,

    /// <summary>There is a checkpoint to go on from.</summary>
    Cut,

    /// <summary>Its weights are written.</summary>
    Done,

    /// <summary>It diverged, or a discriminator collapsed: the same steps would do so again.</summary>
    Diverged,
}
