using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Tests;

/// <summary>Compares automatic derivatives with central differences along random directions, in double precision.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-6;
    private const double Tolerance = 1e-6;

    /// <summary>First derivatives of a random projection of the output, in each tensor given.</summary>
    /// <param name="function">What is checked.</param>
    /// <param name="tensors">Inputs and parameters, all Float64 leaves that require gradients.</param>
    public static void First(Func<Tensor> function, params IEnumerable<Tensor> tensors)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor projection = randn(function().shape, ScalarType.Float64);
        Check(() => (function() * projection).sum(), [.. tensors]);
    }

    /// <summary>Derivatives of the squared norm of the gradient in the first tensor, as the R1 penalty takes them.</summary>
    /// <param name="function">What is checked.</param>
    /// <param name="input">The tensor whose gradient's norm is penalised.</param>
    /// <param name="tensors">Parameters that are differentiated in.</param>
    public static void Second(Func<Tensor> function, Tensor input, params IEnumerable<Tensor> tensors)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor projection = randn(function().shape, ScalarType.Float64);
        Check(() => autograd.grad([(function() * projection).sum()], [input], retain_graph: true, create_graph: true)[0].square().sum(),
            [.. tensors]);
    }

    private static void Check(Func<Tensor> scalar, Tensor[] tensors)
    {
        IList<Tensor> gradients = autograd.grad([scalar()], tensors);
        for (int i = 0; i < tensors.Length; i++)
        {
            Tensor direction = randn_like(tensors[i].detach());
            double expected = (At(Step) - At(-Step)) / (2 * Step);
            double actual = (gradients[i] * direction).sum().item<double>();
            Assert.True(Math.Abs(actual - expected) <= Tolerance * (1 + Math.Abs(expected)),
                $"Tensor {i} [{string.Join(", ", tensors[i].shape)}]: derivative {actual}, by differences {expected}.");
            Assert.NotEqual(0, expected);

            double At(double step)
            {
                using (no_grad())
                    tensors[i].add_(direction, step);
                double value = scalar().item<double>();
                using (no_grad())
                    tensors[i].add_(direction, -step);
                return value;
            }
        }
    }
}
