using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace EdgeSimToReal.Kernels;

/// <summary>Arithmetic whose rounding is asked for by name, so that every device gives the bits of the runtime's CPU path.</summary>
/// <remarks>On the CPU accelerator the methods run as they stand; in PTX each is one instruction (<see cref="RegisterAll"/>).</remarks>
public static class DeviceMath
{
    /// <summary>a · b + c, rounded once.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">The other factor.</param>
    /// <param name="c">The summand.</param>
    [IntrinsicImplementation]
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>The bits of the nearest half, ties to even.</summary>
    /// <remarks>Bits, since ILGPU's own half truncates on the CPU accelerator and rounds on the GPU.</remarks>
    /// <param name="value">Any value.</param>
    [IntrinsicImplementation]
    public static ushort ToHalf(float value) => BitConverter.HalfToUInt16Bits((System.Half)value);

    /// <summary>The value of a half.</summary>
    /// <param name="bits">Its bits.</param>
    [IntrinsicImplementation]
    public static float FromHalf(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>e to a power that is not above 0, to within 2 units in the last place; 0 below 2^-126.</summary>
    /// <remarks>By hand, since the GPU's instruction is an approximation, and of another power.</remarks>
    /// <param name="x">At most 0, or NaN.</param>
    public static float Exp(float x)
    {
        if (x < -87.3f)
            return 0;
        // x = n ln 2 + r with |r| at most ln 2 / 2; ln 2 in two parts: what fp32 holds of it, and the rest.
        int n = (int)(x * 1.44269504f - 0.5f);
        float r = FusedMultiplyAdd(n, 1.90465430e-9f, FusedMultiplyAdd(n, -0.693147182f, x));
        float power = 1f / 5040;
        power = FusedMultiplyAdd(power, r, 1f / 720);
        power = FusedMultiplyAdd(power, r, 1f / 120);
        power = FusedMultiplyAdd(power, r, 1f / 24);
        power = FusedMultiplyAdd(power, r, 1f / 6);
        power = FusedMultiplyAdd(power, r, 0.5f);
        power = FusedMultiplyAdd(power, r, 1);
        power = FusedMultiplyAdd(power, r, 1);
        // NaN as a whole number is anything, but r stays NaN.
        return power * Interop.IntAsFloat((uint)((n + 127) << 23));
    }

    /// <summary>The natural logarithm of a number from 1 up, to within a few units in the last place.</summary>
    /// <param name="x">1 or more, or NaN.</param>
    public static float Log(float x)
    {
        if (!(x >= 1))
            return x;
        int bits = (int)Interop.FloatAsInt(x);
        int exponent = (bits >> 23) - 127;
        float mantissa = Interop.IntAsFloat((uint)((bits & 0x7FFFFF) | 0x3F800000));
        if (mantissa > 1.41421356f)
        {
            mantissa *= 0.5f;
            exponent++;
        }
        // log m = 2 artanh s, s = (m - 1) / (m + 1), |s| at most 0.172.
        float s = (mantissa - 1) / (mantissa + 1), z = s * s;
        float series = 1f / 9;
        series = FusedMultiplyAdd(series, z, 1f / 7);
        series = FusedMultiplyAdd(series, z, 1f / 5);
        series = FusedMultiplyAdd(series, z, 1f / 3);
        series = FusedMultiplyAdd(series, z, 1);
        return FusedMultiplyAdd(exponent, 0.693147182f, 2 * s * series);
    }

    /// <summary>Gives a context's PTX back end the instructions that the methods stand for.</summary>
    /// <param name="manager">The context's intrinsics.</param>
    public static void RegisterAll(IntrinsicImplementationManager manager)
    {
        Register(manager, nameof(FusedMultiplyAdd), nameof(GenerateFusedMultiplyAdd));
        Register(manager, nameof(ToHalf), nameof(GenerateToHalf));
        Register(manager, nameof(FromHalf), nameof(GenerateFromHalf));
    }

    // The generators are public because ILGPU looks for them by name.
    /// <summary>Writes the instruction of <see cref="FusedMultiplyAdd"/>.</summary>
    public static void GenerateFusedMultiplyAdd(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Generate(generator, value, "fma.rn.f32");

    /// <summary>Writes the instruction of <see cref="ToHalf"/>.</summary>
    public static void GenerateToHalf(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Generate(generator, value, "cvt.rn.f16.f32");

    /// <summary>Writes the instruction of <see cref="FromHalf"/>.</summary>
    public static void GenerateFromHalf(PTXBackend backend, PTXCodeGenerator generator, Value value) =>
        Generate(generator, value, "cvt.f32.f16");

    private static void Register(IntrinsicImplementationManager manager, string method, string generator) => manager.RegisterMethod(
        typeof(DeviceMath).GetMethod(method)!, new PTXIntrinsic(typeof(DeviceMath), generator, IntrinsicImplementationMode.GenerateCode));

    private static void Generate(PTXCodeGenerator generator, Value call, string instruction)
    {
        PTXRegisterAllocator.HardwareRegister result = generator.AllocateHardware(call);
        using PTXCodeGenerator.CommandEmitter command = generator.BeginCommand(instruction);
        command.AppendArgument(result);
        for (int i = 0; i < call.Count; i++)
            command.AppendArgument(generator.LoadPrimitive(call[i]));
    }
}
