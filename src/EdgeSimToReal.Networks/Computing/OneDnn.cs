using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using TorchSharp;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>libtorch's switch for oneDNN, which TorchSharp has no name for.</summary>
internal static class OneDnn
{
    private const string Library = "libtorch_cpu.so";
    // at::globalContext(), at::Context::userEnabledMkldnn() const and at::Context::setUserEnabledMkldnn(bool).
    private const string ContextSymbol = "_ZN2at13globalContextEv";
    private const string EnabledSymbol = "_ZNK2at7Context17userEnabledMkldnnEv";
    private const string EnableSymbol = "_ZN2at7Context20setUserEnabledMkldnnEb";

    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>Whether libtorch may compute by oneDNN; true at the start of a process.</summary>
    /// <exception cref="EdgeSimException">This libtorch lacks the switch.</exception>
    public static bool IsEnabled
    {
        get => Function<EnabledFunction>(EnabledSymbol)(Context()) != 0;
        set => Function<EnableFunction>(EnableSymbol)(Context(), value ? (byte)1 : (byte)0);
    }

    private static nint Context() => Function<ContextFunction>(ContextSymbol)();

    private static nint Load()
    {
        torch.InitializeDeviceType(DeviceType.CPU); // loads libtorch, which a load by its name then finds
        return NativeLibrary.TryLoad(Library, typeof(torch).Assembly, null, out nint library) ? library : 0;
    }

    private static T Function<T>(string symbol)
        where T : Delegate => Loaded.Value != 0 && NativeLibrary.TryGetExport(Loaded.Value, symbol, out nint address)
        ? Marshal.GetDelegateForFunctionPointer<T>(address)
        : throw new EdgeSimException($"{Library} has no symbol '{symbol}', by which oneDNN is switched.",
            "Build with the version of TorchSharp that Directory.Packages.props names.", ExitCode.Missing);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint ContextFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate byte EnabledFunction(nint context);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void EnableFunction(nint context, byte enabled);
}
