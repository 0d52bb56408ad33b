using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>The 54-byte union at the end of an <see cref="ActorState"/>; what it holds depends on the actor.</summary>
[InlineArray(Size)]
public struct ActorStateExtra : IEquatable<ActorStateExtra>
{
    /// <summary>Bytes of the union.</summary>
    public const int Size = 54;

    private byte _first;

    /// <summary>The controls in the union of a vehicle.</summary>
    public readonly VehicleControl ReadControl()
    {
        ReadOnlySpan<byte> bytes = this;
        return new(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]),
            BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]), bytes[12] != 0, bytes[13] != 0, bytes[14] != 0,
            BinaryPrimitives.ReadInt32LittleEndian(bytes[15..]));
    }

    /// <summary>Puts a vehicle's controls and speed limit into the union.</summary>
    /// <param name="control">The controls.</param>
    /// <param name="speedLimit">Kilometres an hour.</param>
    public void WriteVehicle(VehicleControl control, float speedLimit)
    {
        Span<byte> bytes = this;
        BinaryPrimitives.WriteSingleLittleEndian(bytes, control.Throttle);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[4..], control.Steer);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[8..], control.Brake);
        bytes[12] = control.HandBrake ? (byte)1 : (byte)0;
        bytes[13] = control.Reverse ? (byte)1 : (byte)0;
        bytes[14] = control.ManualGearShift ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[15..], control.Gear);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[19..], speedLimit);
    }

    /// <inheritdoc/>
    public readonly bool Equals(ActorStateExtra other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is ActorStateExtra other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(this);
        return hash.ToHashCode();
    }

    /// <summary>Whether all bytes are equal.</summary>
    public static bool operator ==(ActorStateExtra left, ActorStateExtra right) => left.Equals(right);

    /// <summary>Whether any byte differs.</summary>
    public static bool operator !=(ActorStateExtra left, ActorStateExtra right) => !left.Equals(right);
}
