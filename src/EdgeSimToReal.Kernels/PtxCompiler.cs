using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.Runtime.Cuda;

namespace EdgeSimToReal.Kernels;

/// <summary>Compiles the kernels to PTX; needs no GPU.</summary>
public static partial class PtxCompiler
{
    private const string AddressSize = ".address_size 64\n";
    private const string Entry = ".visible .entry";
    private const string DynamicShared = ".extern .shared .align 16 .b8 __dyn_shared_alloca[];";

    /// <summary>The targets: Turing, and Ampere for all that came later, since PTX is compiled upwards by the driver.</summary>
    public static IReadOnlyList<CudaArchitecture> Targets { get; } = [CudaArchitecture.SM_75, CudaArchitecture.SM_80];

    /// <summary>The kernels, by name.</summary>
    public static IReadOnlyList<MethodInfo> Kernels { get; } = [.. typeof(PtxCompiler).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .Where(method => method.GetCustomAttribute<KernelAttribute>() is not null)
        .OrderBy(method => method.Name, StringComparer.Ordinal)];

    /// <summary>A context with everything that the kernels need.</summary>
    /// <param name="builder">The context's builder, before it builds.</param>
    public static Context.Builder Configure(Context.Builder builder)
    {
        builder.Optimize(OptimizationLevel.O2);
        DeviceMath.RegisterAll(builder.GetIntrinsicManager());
        return builder;
    }

    /// <summary>Compiles all kernels into one module.</summary>
    /// <param name="target">The architecture.</param>
    /// <returns>The module's text, the same on every run.</returns>
    /// <exception cref="InvalidOperationException">ILGPU writes PTX in a form that this compiler does not know.</exception>
    public static string Compile(CudaArchitecture target)
    {
        using Context context = Context.Create(builder => Configure(builder));
        // The oldest instruction set that knows the targets: newer ones ask for newer drivers.
        using PTXBackend backend = new(context, target, CudaInstructionSet.ISA_70, null!);
        StringBuilder module = new();
        foreach (MethodInfo method in Kernels)
        {
            var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default);
            string ptx = compiled.PTXAssembly.ReplaceLineEndings("\n");
            int header = ptx.IndexOf(AddressSize, StringComparison.Ordinal) + AddressSize.Length;
            int entry = ptx.IndexOf(Entry, StringComparison.Ordinal);
            // What is declared in between are the bodies of DeviceMath, which no entry calls, and dynamic shared memory, which a module
            // declares once.
            if (header < AddressSize.Length || entry < header || Regex.IsMatch(ptx[entry..], @"\bcall\b"))
                throw new InvalidOperationException($"The PTX of {method.Name} is not an entry that calls nothing:\n{ptx}");
            if (module.Length == 0)
                module.Append(ptx.AsSpan(0, header)).Append('\n').Append(DynamicShared).Append('\n');
            module.Append('\n').Append(Simplify(ptx[entry..], method)).Append('\n');
        }
        return module.ToString();
    }

    // ILGPU numbers names throughout a process: labels are numbered anew, entry and parameters take the method's own names.
    private static string Simplify(string entry, MethodInfo method)
    {
        entry = entry.Replace($"Kernel_{method.Name}", method.Name, StringComparison.Ordinal).TrimEnd();
        foreach (ParameterInfo parameter in method.GetParameters())
            entry = Regex.Replace(entry, $@"\b_{parameter.Name}_\d+\b", parameter.Name!);
        Dictionary<string, string> labels = [];
        return Label().Replace(entry, match =>
            labels.TryGetValue(match.Value, out string? label) ? label : labels[match.Value] = $"L_{labels.Count}");
    }

    [GeneratedRegex(@"\bL_\d+\b")]
    private static partial Regex Label();
}
