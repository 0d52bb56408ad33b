using System.Buffers.Binary;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Tests.Wire;

/// <summary>Every stream message of every recording: decoded and encoded again, it is the same bytes.</summary>
public class RecordedStreamTests
{
    private static readonly ServerProfile Profile = ServerProfile.ForVersion("0.9.16");

    public static TheoryData<string> Names => Recording.AllNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Messages_DecodedAndEncoded_AreByteIdentical(string name)
    {
        foreach (RecordedMessage message in Recording.Load(name).Messages.Where(m => !m.IsRpc && !m.FromClient && m.Bytes.Length > 0))
        {
            byte[] recorded = message.Bytes;
            byte[] encoded = new byte[recorded.Length];
            Assert.Equal(recorded.Length - 4, (int)BinaryPrimitives.ReadUInt32LittleEndian(recorded));
            BinaryPrimitives.WriteInt32LittleEndian(encoded, recorded.Length - 4);
            SensorHeader header = SensorHeader.Read(recorded.AsSpan(4));
            header.Write(encoded.AsSpan(4));
            Span<byte> source = recorded.AsSpan(4 + SensorHeader.Size);
            Span<byte> target = encoded.AsSpan(4 + SensorHeader.Size);
            if (header.SensorType == (ulong)Profile.WorldObserverType)
            {
                WorldObserverHeader.Read(source, hasMapOrigin: true).Write(target, hasMapOrigin: true);
                int size = ActorState.SizeOf(hasState: true);
                for (int at = WorldObserverHeader.SizeOf(hasMapOrigin: true); at < source.Length; at += size)
                    ActorState.Read(source[at..], hasState: true).Write(target[at..], hasState: true);
            }
            else
            {
                Assert.Contains((int)header.SensorType,
                    (int[])[Profile.RgbType, Profile.SemanticType, Profile.DepthType, Profile.InstanceType!.Value]);
                ImageHeader image = ImageHeader.Read(source);
                Assert.Equal((ulong)recorded.Length - 4, image.MessageSize);
                image.Write(target);
                source[ImageHeader.Size..].CopyTo(target[ImageHeader.Size..]);
            }
            Assert.Equal(Convert.ToHexString(recorded), Convert.ToHexString(encoded));
        }
    }

    [Fact]
    public void WorldObserver_OfTheOldForm_RoundTrips()
    {
        WorldObserverHeader header = new(7, 1.5, 0.05f, SimulationState: 1);
        byte[] bytes = new byte[WorldObserverHeader.SizeOf(hasMapOrigin: false)];
        header.Write(bytes, hasMapOrigin: false);
        Assert.Equal(24, bytes.Length);
        Assert.Equal(header, WorldObserverHeader.Read(bytes, hasMapOrigin: false));

        ActorStateExtra extra = default;
        extra.WriteVehicle(new(0.5f, -0.25f, 0.125f, true, false, true, 3), 30);
        ActorState actor = new(9, 1, new(1, 2, 3, 4, 5, 6), new(7, 8, 9), new(10, 11, 12), new(13, 14, 15), extra);
        byte[] actorBytes = new byte[ActorState.SizeOf(hasState: false)];
        actor.Write(actorBytes, hasState: false);
        Assert.Equal(118, actorBytes.Length);
        ActorState back = ActorState.Read(actorBytes, hasState: false);
        Assert.Equal(actor, back);
        Assert.Equal(new VehicleControl(0.5f, -0.25f, 0.125f, true, false, true, 3), back.Extra.ReadControl());
    }
}
