namespace EdgeSimToReal.Training.Running;

/// <summary>When a discriminator counts as collapsed. That a scalar is not finite always ends a run.</summary>
/// <remarks>
/// A discriminator that tells every reconstruction from every photograph with certainty gives the generator no gradient that means
/// anything. With the non-saturating loss, softplus(-D(real)) + softplus(D(fake)) then goes to zero, and the generator's
/// softplus(-D(fake)) grows with the logit's distance from zero: 8 stands for a probability of 0.0003.
/// </remarks>
public sealed record GuardOptions
{
    /// <summary>Consecutive steps that must look collapsed before the run is ended; 0: never.</summary>
    public int CollapseSteps { get; init; } = 200;

    /// <summary>Collapsed: the discriminator's loss is below this …</summary>
    public double DiscriminatorLoss { get; init; } = 0.02;

    /// <summary>… while the generator's loss against it is above this.</summary>
    public double GeneratorLoss { get; init; } = 8;
}
