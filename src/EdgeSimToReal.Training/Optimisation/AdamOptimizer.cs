using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Optimisation;

/// <summary>
/// Adam: m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², θ ← θ - η · m/(1-β₁ᵗ) / (√(v/(1-β₂ᵗ)) + ε), with t counted for each parameter;
/// with a weight decay λ, AdamW's θ ← (1-ηλ)θ before it.
/// </summary>
/// <remarks>With β₁ = 0, the swapping autoencoder's value, m is the gradient: no first moment is kept or computed.</remarks>
public sealed class AdamOptimizer : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">The parameters; those without a gradient in a step are left alone in it.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="beta1">β₁, from 0 to below 1.</param>
    /// <param name="beta2">β₂, from 0 to below 1.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="weightDecay">λ, at least 0.</param>
    public AdamOptimizer(IEnumerable<ParameterGroup> groups, double learningRate,
        double beta1 = 0, double beta2 = 0.99, double epsilon = 1e-8, double weightDecay = 0)
        : base(groups, learningRate, beta1 > 0 ? ["exp_avg_sq", "exp_avg"] : ["exp_avg_sq"]) =>
        (_beta1, _beta2, _epsilon, _weightDecay) = (beta1, beta2, epsilon, weightDecay);

    /// <summary>
    /// Settings for networks whose regularisation runs at every k-th step, as a step of its own: with c = k / (k + 1), c·η and βᶜ make
    /// k + 1 updates worth k.
    /// </summary>
    /// <param name="learningRate">η.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="interval">k, at least 1.</param>
    public static (double LearningRate, double Beta1, double Beta2) ForLazyRegularisation(
        double learningRate, double beta1, double beta2, int interval)
    {
        double c = interval / (interval + 1.0);
        return (c * learningRate, Math.Pow(beta1, c), Math.Pow(beta2, c));
    }

    private protected override void Update(Slot slot, Tensor gradient, double rate)
    {
        Tensor second = slot.Moments[0], first = gradient;
        if (_weightDecay > 0)
            slot.Parameter.mul_(1 - (rate * _weightDecay));
        if (_beta1 > 0)
            first = slot.Moments[1].mul_(_beta1).add_(gradient, alpha: 1 - _beta1);
        second.mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
        // The corrections are taken out of the fraction: √v̂ + ε = (√v + εs) / s with s = √(1-β₂ᵗ).
        double s = Math.Sqrt(1 - Math.Pow(_beta2, slot.Steps));
        Tensor denominator = second.sqrt().add_(_epsilon * s);
        slot.Parameter.addcdiv_(first, denominator, -rate * s / (1 - Math.Pow(_beta1, slot.Steps)));
    }
}
