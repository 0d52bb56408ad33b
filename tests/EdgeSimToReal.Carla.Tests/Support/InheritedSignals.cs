using System.Runtime.CompilerServices;
using EdgeSimToReal.Core.Machine;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>Tests send signals to this process, which may have been started with them ignored: by nohup, or in a shell's background.</summary>
internal static class InheritedSignals
{
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Heed() => SignalDispositions.RestoreDefaults(SignalDispositions.Hangup, SignalDispositions.Interrupt);
}
