using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A vehicle's controls: [throttle, steer, brake, hand_brake, reverse, manual_gear_shift, gear].</summary>
/// <param name="Throttle">0..1.</param>
/// <param name="Steer">-1 (left) .. 1 (right).</param>
/// <param name="Brake">0..1.</param>
/// <param name="HandBrake">Whether it is pulled.</param>
/// <param name="Reverse">Whether the reverse gear is in.</param>
/// <param name="ManualGearShift">Whether <paramref name="Gear"/> counts.</param>
/// <param name="Gear">-1 reverse, 0 neutral, 1..</param>
public readonly record struct VehicleControl(
    float Throttle, float Steer = 0, float Brake = 0,
    bool HandBrake = false, bool Reverse = false, bool ManualGearShift = false, int Gear = 0)
    : IWireStruct<VehicleControl>
{
    /// <inheritdoc/>
    public static VehicleControl Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        VehicleControl value = new(WireFormat.ReadSingle(ref reader, ref left), WireFormat.ReadSingle(ref reader, ref left),
            WireFormat.ReadSingle(ref reader, ref left), WireFormat.ReadBoolean(ref reader, ref left),
            WireFormat.ReadBoolean(ref reader, ref left), WireFormat.ReadBoolean(ref reader, ref left),
            WireFormat.ReadInt32(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write(Throttle);
        writer.Write(Steer);
        writer.Write(Brake);
        writer.Write(HandBrake);
        writer.Write(Reverse);
        writer.Write(ManualGearShift);
        writer.Write(Gear);
    }
}
