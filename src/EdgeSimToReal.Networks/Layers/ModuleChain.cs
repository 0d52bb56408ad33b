using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Modules one after the other.</summary>
internal static class ModuleChain
{
    /// <summary>The last module's output.</summary>
    /// <remarks>Lets go of each map at once: without gradients the large early ones would otherwise live to the end of the pass.</remarks>
    public static Tensor Chain(this IReadOnlyList<nn.Module<Tensor, Tensor>> modules, Tensor x)
    {
        Tensor result = modules[0].forward(x);
        foreach (nn.Module<Tensor, Tensor> module in modules.Skip(1))
        {
            using Tensor input = result;
            result = module.forward(input);
        }
        return result;
    }
}
