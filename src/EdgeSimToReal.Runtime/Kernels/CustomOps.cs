using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>The native operators of domain "edgesim" (folder kernels/): where their library is, and how graphs use them.</summary>
/// <remarks>The library is optional: graphs are baked from standard operators where <see cref="TryLocate"/> finds none.</remarks>
public static class CustomOps
{
    /// <summary>File name of the library, as tools/build-kernels.sh builds it.</summary>
    public const string LibraryName = "libedgesim_ops.so";

    /// <summary>The operators' ONNX domain.</summary>
    public const string Domain = "edgesim";

    /// <summary>Looks for the library in the build output of the repository that the program lies in, then beside the program.</summary>
    /// <remarks>A copy beside a program of the repository may be older than what tools/build-kernels.sh has built since.</remarks>
    /// <returns>The library's path; null where it isn't built.</returns>
    public static string? TryLocate()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeSimToReal.sln")))
            {
                string built = Path.Combine(folder.FullName, "build", "kernels", LibraryName);
                if (File.Exists(built))
                    return built;
                break;
            }
        }
        string beside = Path.Combine(AppContext.BaseDirectory, LibraryName);
        return File.Exists(beside) ? beside : null;
    }

    /// <summary>Lets sessions with these options run graphs that use the operators, where the library is found.</summary>
    /// <param name="options">Options of a session to be created.</param>
    /// <returns>Whether the library was found.</returns>
    /// <exception cref="EdgeSimException">The library is there but can't be used.</exception>
    public static bool TryRegister(SessionOptions options)
    {
        if (TryLocate() is not { } path)
            return false;
        try
        {
            options.RegisterCustomOpLibrary(path);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EdgeSimException($"The native operators in {path} can't be loaded: {e.Message}.",
                "Build them again with tools/build-kernels.sh, or delete the file to do without them.", ExitCode.Missing, e);
        }
        return true;
    }

    /// <summary>leakyReLU(FIR 1-3-3-1 of sum 4 (z) + noise + bias) in one pass, z being a transposed 3x3 convolution of stride 2.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="phases">z(2m + p, 2n + q) for (p, q) = (0, 0), (0, 1), (1, 0), (1, 1): [N, C, H + 1 - p, W + 1 - q] each.</param>
    /// <param name="bias">[C].</param>
    /// <param name="noise">[1, 1, 2H, 2W]; null for none.</param>
    /// <returns>[N, C, 2H, 2W].</returns>
    public static string UpsampleTail(this GraphBuilder graph, string name, IReadOnlyList<string> phases, string bias, string? noise) =>
        graph.Node("UpsampleTail", name, noise is null ? [.. phases, bias] : [.. phases, bias, noise], domain: Domain,
            attributes: ("slope", GraphOperators.LeakySlope));

    /// <summary>leakyReLU(x + noise + bias) + skip in one pass.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="bias">[C].</param>
    /// <param name="noise">[1, 1, H, W]; null for none.</param>
    /// <param name="skip">[N, C, H, W], or [N, C, H/2, W/2], which is enlarged bilinearly (half-pixel centres); null for none.</param>
    /// <returns>[N, C, H, W].</returns>
    public static string StyledTail(this GraphBuilder graph, string name, string x, string bias, string? noise, string? skip) =>
        graph.Node("StyledTail", name, skip is not null ? [x, bias, noise ?? "", skip] : noise is not null ? [x, bias, noise] : [x, bias],
            domain: Domain, attributes: ("slope", GraphOperators.LeakySlope));

    /// <summary>leakyReLU(3x3 convolution with padding 1 (x) + noise + bias) + skip in one pass, by Winograd's F(4x4, 3x3).</summary>
    /// <remarks>
    /// An infinite or NaN value reaches a whole tile of 4x4 results rather than 3x3 of them. Rounding is some 1e-6 of the result's norm.
    /// </remarks>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[M, C, 3, 3]; an initializer.</param>
    /// <param name="bias">[M].</param>
    /// <param name="noise">[1, 1, H, W]; null for none.</param>
    /// <param name="skip">[N, M, H, W], or [N, M, H/2, W/2], which is enlarged bilinearly (half-pixel centres); null for none.</param>
    /// <returns>[N, M, H, W].</returns>
    public static string StyledConvolution(this GraphBuilder graph, string name, string x, string weight, string bias, string? noise,
        string? skip) =>
        graph.Node("StyledConvolution", name,
            skip is not null ? [x, weight, bias, noise ?? "", skip] : noise is not null ? [x, weight, bias, noise] : [x, weight, bias],
            domain: Domain, attributes: ("slope", GraphOperators.LeakySlope));

    /// <summary>
    /// Local affine colour transforms in one pass: Σ over k of M[c, k] · p[k] + M[c, 3] + residual[c], p being the picture with each plane
    /// less its mean over its deviation, √(σ² + 1e-5), and M 3×4 matrices that are enlarged bilinearly (half-pixel centres).
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="coefficients">Rows of M, one after the other, [N, 12, H/f, W/f], f an integer.</param>
    /// <param name="picture">[N, 3, H, W].</param>
    /// <param name="residual">[N, 3, H, W].</param>
    /// <returns>[N, 3, H, W].</returns>
    public static string ColourTransform(this GraphBuilder graph, string name, string coefficients, string picture, string residual) =>
        graph.Node("ColourTransform", name, [coefficients, picture, residual], domain: Domain,
            attributes: ("epsilon", GraphOperators.StandardisationEpsilon));
}
