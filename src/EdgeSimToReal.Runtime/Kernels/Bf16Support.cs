using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Kernels;

/// <summary>What the native library says of bfloat16 on this processor.</summary>
public static class Bf16Support
{
    private static readonly Lazy<nint> Library = new(Load);

    /// <summary>Whether the library is there, and knows bfloat16.</summary>
    public static bool Available => Library.Value != 0;

    /// <summary>Why bfloat16 is faster than floats here, if it is.</summary>
    public static Bf16Gain Gain => Available ? (Bf16Gain)Function<GainFunction>("edgesim_bf16_gain")() : Bf16Gain.None;

    /// <summary>The instruction set that kernels made from now on use: scalar, avx2, avx512, avx512_bf16 or amx; null without library.</summary>
    public static string? Level => Available ? Marshal.PtrToStringUTF8(Function<LevelFunction>("edgesim_bf16_level")()) : null;

    /// <summary>Chooses an instruction set for kernels that are made later, for tests and benchmarks.</summary>
    /// <param name="level">Its name; null: the best one. "tiles" is AMX's in plain C++.</param>
    /// <returns>Whether this processor has it.</returns>
    public static bool TrySetLevel(string? level) => Available && Function<SetLevelFunction>("edgesim_set_bf16_level")(level) == 1;

    /// <summary>What one thread reaches with an instruction set's multiply-accumulates alone, operands in registers.</summary>
    /// <param name="level">avx2, avx512, avx512_bf16 or amx.</param>
    /// <returns>Multiply-accumulates a second; 0 where this processor lacks it.</returns>
    public static double Peak(string level) => Available ? Function<PeakFunction>("edgesim_bf16_peak")(level) : 0;

    /// <summary>
    /// Which library computes bf16 convolutions beside the operators' own kernels, e.g. "oneDNN 2.6.3", or "none" and why; null without
    /// native operators.
    /// </summary>
    public static string? ConvolutionLibrary => Available && NativeLibrary.TryGetExport(Library.Value, "edgesim_bf16_library", out nint name)
        ? Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<LevelFunction>(name)()) : null;

    /// <summary>When oneDNN computes convolutions in place of the library's own kernels; for benchmarks.</summary>
    /// <param name="use">0: never; 1: where it was measured to be faster, the default; 2: wherever it can.</param>
    /// <returns>Whether there is oneDNN.</returns>
    public static bool TryUseOneDnn(int use) => Available && Function<UseLibraryFunction>("edgesim_bf16_use_library")(use) == 1;

    // 0: none, or one from before these functions. It stays loaded, as ONNX Runtime keeps it too.
    private static nint Load() => CustomOps.TryLocate() is { } path && NativeLibrary.TryLoad(path, out nint library)
        && NativeLibrary.TryGetExport(library, "edgesim_bf16_gain", out _) ? library : 0;

    private static T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Library.Value, name));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int GainFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint LevelFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetLevelFunction([MarshalAs(UnmanagedType.LPUTF8Str)] string? name);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int UseLibraryFunction(int use);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate double PeakFunction([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
