using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Registration under the reference's names. What is registered belongs to its module, not to the caller's dispose scope.</summary>
/// <remarks>
/// Moving a module to another device or type replaces its parameters and buffers: a field that holds one carries a
/// ComponentName attribute with the registered name, by which TorchSharp finds and replaces it too.
/// </remarks>
internal static class ModuleExtensions
{
    /// <summary>Registers a parameter.</summary>
    public static Parameter Register(this nn.Module module, string name, Tensor values)
    {
        Parameter parameter = new(values, requires_grad: true);
        parameter.DetachFromDisposeScope();
        module.register_parameter(name, parameter);
        return parameter;
    }

    /// <summary>Registers a constant, which follows the module to its device and type (TorchSharp moves persistent buffers only).</summary>
    public static Tensor RegisterConstant(this nn.Module module, string name, Tensor values)
    {
        values.DetachFromDisposeScope();
        module.register_buffer(name, values);
        return values;
    }

    /// <summary>Registers a submodule.</summary>
    public static T Register<T>(this nn.Module module, string name, T submodule)
        where T : nn.Module
    {
        module.register_module(name, submodule);
        return submodule;
    }
}
