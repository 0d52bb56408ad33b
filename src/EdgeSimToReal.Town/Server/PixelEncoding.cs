using System.Runtime.InteropServices;

namespace EdgeSimToReal.Town.Server;

/// <summary>Pictures as CARLA's cameras send them.</summary>
internal static class PixelEncoding
{
    private const uint Opaque = 0xFF000000;

    /// <summary>Class id in the red byte; blue and green are 0.</summary>
    public static void Semantic(ReadOnlySpan<byte> tags, Span<byte> bgra)
    {
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(bgra)[..tags.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = Opaque | ((uint)tags[i] << 16);
    }

    /// <summary>Class id in the red byte; low byte of the instance id in green, high byte in blue.</summary>
    public static void Instance(ReadOnlySpan<byte> tags, ReadOnlySpan<ushort> instances, Span<byte> bgra)
    {
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(bgra)[..tags.Length];
        instances = instances[..tags.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            uint id = instances[i];
            pixels[i] = Opaque | ((uint)tags[i] << 16) | ((id & 0xFF) << 8) | (id >> 8);
        }
    }

    /// <summary>Two float32 a pixel: how far (right, down) the surface moved since the frame before.</summary>
    /// <param name="toLast">Displacements from this picture to the last one; NaN where there is none.</param>
    /// <param name="bytes">Displacements from the last picture to this one; 0 where there is none.</param>
    public static void Flow(ReadOnlySpan<float> toLast, Span<byte> bytes)
    {
        Span<float> flow = MemoryMarshal.Cast<byte, float>(bytes)[..toLast.Length];
        for (int i = 0; i < flow.Length; i++)
            flow[i] = float.IsNaN(toLast[i]) ? 0 : -toLast[i];
    }
}
