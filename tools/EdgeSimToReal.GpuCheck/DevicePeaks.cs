using EdgeSimToReal.Runtime.Cuda;

namespace EdgeSimToReal.GpuCheck;

/// <summary>What a device can do at best: by its properties, and measured.</summary>
/// <param name="Name">What the maker calls it.</param>
/// <param name="ComputeCapability">Ten times the compute capability.</param>
/// <param name="Multiprocessors">Their number.</param>
/// <param name="ClockGigahertz">Their highest clock.</param>
/// <param name="MemoryGigabytesPerSecond">By clock and bus; null where the driver does not tell.</param>
/// <param name="CopyGigabytesPerSecond">Measured: a copy on the device, reading and writing.</param>
/// <param name="SinglePeak">Multiply-accumulates a second of fp32 with TF32 factors by the properties; null for unknown devices.</param>
/// <param name="HalfPeak">The same of fp16.</param>
/// <param name="SingleMatrix">Measured with a large matrix product; null where it was not.</param>
/// <param name="HalfMatrix">The same of fp16.</param>
internal sealed record DevicePeaks(string Name, int ComputeCapability, int Multiprocessors, double ClockGigahertz,
    double? MemoryGigabytesPerSecond, double CopyGigabytesPerSecond, double? SinglePeak, double? HalfPeak, double? SingleMatrix,
    double? HalfMatrix)
{
    private const int Clock = 13; // CU_DEVICE_ATTRIBUTE_CLOCK_RATE, kHz
    private const int MultiprocessorCount = 16;
    private const int MemoryClock = 36; // kHz
    private const int MemoryBus = 37; // bits

    /// <summary>The best figure that is known of multiply-accumulates a second.</summary>
    /// <param name="half">fp16 rather than fp32.</param>
    public double? MultiplyAccumulates(bool half) => half ? Greater(HalfPeak, HalfMatrix) : Greater(SinglePeak, SingleMatrix);

    /// <summary>The best figure that is known of bytes a second.</summary>
    public double BytesPerSecond => 1e9 * Math.Max(MemoryGigabytesPerSecond ?? 0, CopyGigabytesPerSecond);

    /// <summary>Reads and measures.</summary>
    /// <param name="stream">A stream of the device.</param>
    /// <param name="copyBytes">Bytes to copy.</param>
    /// <param name="matrix">Measures a matrix product; null: not measured.</param>
    public static DevicePeaks Measure(CudaStream stream, int copyBytes, Func<CudaStream, bool, double>? matrix)
    {
        CudaDevice device = stream.Device;
        int multiprocessors = device.Attribute(MultiprocessorCount);
        double hertz = device.Attribute(Clock) * 1e3;
        // Dense multiply-accumulates of a multiprocessor's tensor cores a clock, fp16 with fp32 sums and TF32, by NVIDIA's papers on the
        // architectures (T4, A100, RTX 3090 and 4090, H100, B200, RTX 5090); Turing has no TF32, and 64 fp32 units.
        (int half, int single) = device.ComputeCapability switch
        {
            75 => (512, 64),
            80 => (1024, 512),
            86 or 87 or 89 or 120 or 121 => (256, 128),
            90 => (2048, 1024),
            100 or 101 or 103 => (4096, 2048),
            _ => (0, 0),
        };
        double? memory;
        try
        {
            // Two transfers a clock.
            memory = 2e3 * device.Attribute(MemoryClock) * device.Attribute(MemoryBus) / 8 / 1e9;
        }
        catch (Core.EdgeSimException)
        {
            memory = null;
        }
        return new DevicePeaks(device.Name, device.ComputeCapability, multiprocessors, hertz / 1e9, memory, Copy(stream, copyBytes),
            single == 0 ? null : single * multiprocessors * hertz, half == 0 ? null : half * multiprocessors * hertz,
            matrix?.Invoke(stream, false), matrix?.Invoke(stream, true));
    }

    private static double Copy(CudaStream stream, int bytes)
    {
        using DeviceBuffer<byte> from = new(stream.Device, bytes), to = new(stream.Device, bytes);
        stream.Clear(from);
        double milliseconds = DeviceTime.Median(stream, () => stream.Copy(from, to), 20);
        return 2.0 * bytes / milliseconds / 1e6;
    }

    private static double? Greater(double? a, double? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
}
