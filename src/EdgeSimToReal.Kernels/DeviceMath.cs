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
    public static ushort ToHalf(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>The value of a half.</summary>
    /// <param name="bits">Its bits.</param>
    [IntrinsicImplementation]
    public static float FromHalf(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

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
