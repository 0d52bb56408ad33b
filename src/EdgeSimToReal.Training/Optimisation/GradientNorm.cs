using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Optimisation;

/// <summary>The L2 norm of a network's gradient.</summary>
internal static class GradientNorm
{
    /// <summary>√Σ g² over all parameters that have a gradient; 0 where none has.</summary>
    /// <param name="parameters">Parameters on one device.</param>
    /// <returns>An fp32 scalar on that device.</returns>
    public static Tensor Of(IEnumerable<Parameter> parameters)
    {
        using IDisposable scope = NewDisposeScope(), off = no_grad();
        Tensor[] squares = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.square().sum())];
        return (squares.Length == 0 ? zeros([]) : stack(squares).sum().sqrt()).MoveToOuterDisposeScope();
    }
}
