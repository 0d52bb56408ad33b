using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Device memory as kernels take it: ILGPU's array view.</summary>
/// <param name="Address">The first element's address.</param>
/// <param name="Length">Elements.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DeviceView(nint Address, long Length);
