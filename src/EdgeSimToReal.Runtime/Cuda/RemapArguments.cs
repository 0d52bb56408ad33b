using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of Remap, in order.</summary>
/// <param name="Source">Ids.</param>
/// <param name="Table">The new id of each id, [256].</param>
/// <param name="Target">The new ids.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RemapArguments(DeviceView Source, DeviceView Table, DeviceView Target);
