using System.Buffers.Binary;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>One actor in a world observer message: 119 bytes, 118 before 0.9.12.</summary>
/// <param name="Id">The actor.</param>
/// <param name="State">1 active, 2 dormant, 3 to be killed; 1 before 0.9.12.</param>
/// <param name="Pose">Its world transform.</param>
/// <param name="Velocity">Metres a second.</param>
/// <param name="AngularVelocity">Degrees a second.</param>
/// <param name="Acceleration">Metres a second².</param>
/// <param name="Extra">The rest; depends on the kind of actor.</param>
public readonly record struct ActorState(
    uint Id, byte State, Pose Pose, Vector3D Velocity, Vector3D AngularVelocity, Vector3D Acceleration, ActorStateExtra Extra)
{
    /// <summary>Bytes of one actor.</summary>
    /// <param name="hasState"><see cref="ServerProfile.HasActorState"/>.</param>
    public static int SizeOf(bool hasState) => hasState ? 119 : 118;

    /// <summary>Reads one actor.</summary>
    /// <param name="bytes">At least <see cref="SizeOf"/> bytes.</param>
    /// <param name="hasState"><see cref="ServerProfile.HasActorState"/>.</param>
    public static ActorState Read(ReadOnlySpan<byte> bytes, bool hasState)
    {
        ReadOnlySpan<byte> rest = bytes[(hasState ? 5 : 4)..];
        ActorStateExtra extra = default;
        rest.Slice(60, ActorStateExtra.Size).CopyTo(extra);
        return new(BinaryPrimitives.ReadUInt32LittleEndian(bytes), hasState ? bytes[4] : (byte)1, StreamFormat.ReadPose(rest),
            StreamFormat.ReadVector(rest[24..]), StreamFormat.ReadVector(rest[36..]), StreamFormat.ReadVector(rest[48..]), extra);
    }

    /// <summary>Writes one actor.</summary>
    /// <param name="bytes">At least <see cref="SizeOf"/> bytes.</param>
    /// <param name="hasState"><see cref="ServerProfile.HasActorState"/>.</param>
    public void Write(Span<byte> bytes, bool hasState)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Id);
        if (hasState)
            bytes[4] = State;
        Span<byte> rest = bytes[(hasState ? 5 : 4)..];
        StreamFormat.WritePose(rest, Pose);
        StreamFormat.WriteVector(rest[24..], Velocity);
        StreamFormat.WriteVector(rest[36..], AngularVelocity);
        StreamFormat.WriteVector(rest[48..], Acceleration);
        ActorStateExtra extra = Extra;
        ((ReadOnlySpan<byte>)extra).CopyTo(rest[60..]);
    }
}
