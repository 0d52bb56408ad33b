using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Optimisation;

/// <summary>Stochastic gradient descent with momentum μ and weight decay λ: b ← μb + g + λθ, θ ← θ - ηb (PyTorch's form).</summary>
public sealed class SgdOptimizer : Optimizer
{
    private readonly double _momentum;
    private readonly double _weightDecay;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">The parameters; those without a gradient in a step are left alone in it.</param>
    /// <param name="learningRate">η, at least 0.</param>
    /// <param name="momentum">μ, from 0 to below 1.</param>
    /// <param name="weightDecay">λ, at least 0.</param>
    public SgdOptimizer(IEnumerable<ParameterGroup> groups, double learningRate, double momentum = 0.9, double weightDecay = 0)
        : base(groups, learningRate, "momentum_buffer") => (_momentum, _weightDecay) = (momentum, weightDecay);

    private protected override void Update(Slot slot, Tensor gradient, double rate)
    {
        Tensor buffer = slot.Moments[0].mul_(_momentum).add_(gradient);
        if (_weightDecay > 0)
            buffer.add_(slot.Parameter, alpha: _weightDecay);
        slot.Parameter.add_(buffer, alpha: -rate);
    }
}
