using System.Buffers.Binary;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using FsCheck.Xunit;

namespace EdgeSimToReal.Carla.Tests.Streams;

/// <summary>One subscription, and everything that can be wrong with what it brings.</summary>
public class ImageReceiverTests
{
    private const int Width = 6;
    private const int Height = 4;
    private const int Type = 13;

    [Fact]
    public void Image_InSingleBytes_ArrivesWhole()
    {
        byte[] message = Message();
        (ReceiveStatus status, byte[] pixels, ImageReceiver receiver) = Receive(socket =>
        {
            foreach (byte b in message)
                socket.Send([b]);
        });
        Assert.Equal(ReceiveStatus.Complete, status);
        Assert.Equal(message[64..], pixels);
        Assert.Equal(7ul, receiver.Header.Frame);
        Assert.True(receiver.FirstByte > 0 && receiver.LastByte > receiver.FirstByte);
    }

    [Fact]
    public void Image_Oversized_IsRefusedAtItsLength() =>
        AssertDamaged("beyond the limit of 134217728", m => BinaryPrimitives.WriteInt32LittleEndian(m, 200 << 20), send: 4);

    [Fact]
    public void Image_HostileLength_IsRefusedAtItsLength() =>
        AssertDamaged("a message of 4294967295 bytes", m => BinaryPrimitives.WriteUInt32LittleEndian(m, uint.MaxValue), send: 4);

    [Fact]
    public void Image_LengthOfAnotherSize_IsRefused() =>
        AssertDamaged("where 6x4 pixels make 156", m => BinaryPrimitives.WriteInt32LittleEndian(m, 160), send: 4);

    [Fact]
    public void Image_WrongPixelCount_IsRefused() =>
        AssertDamaged("an image of 4x6 instead of 6x4", m => new ImageHeader(Height, Width, 90).Write(m.AsSpan(52)));

    [Fact]
    public void Image_SizeThatOverflows_IsRefused() =>
        AssertDamaged("instead of 6x4", m => new ImageHeader(0x80000000, 2, 90).Write(m.AsSpan(52)));

    [Fact]
    public void Image_OfAnotherSensor_IsRefused() =>
        AssertDamaged("sensor type 16 instead of 13", m => BinaryPrimitives.WriteUInt64LittleEndian(m.AsSpan(4), 16));

    [Fact]
    public void Image_Truncated_IsClosedInsideTheMessage()
    {
        (ReceiveStatus status, _, ImageReceiver receiver) = Receive(socket =>
        {
            socket.Send(Message().AsSpan(0, 100));
            socket.Shutdown(SocketShutdown.Both);
        });
        Assert.Equal(ReceiveStatus.Closed, status);
        Assert.True(receiver.IsInsideMessage);
        receiver.Dispose();
    }

    [Property(MaxTest = 100)]
    public void RandomBytes_AreAnImageOrDamagedOrClosed(byte[] bytes, bool afterAGoodLength)
    {
        byte[] sent = afterAGoodLength ? [.. Message().AsSpan(0, 4), .. bytes] : bytes;
        (ReceiveStatus status, _, _) = Receive(socket =>
        {
            socket.Send(sent);
            socket.Shutdown(SocketShutdown.Send);
        });
        Assert.NotEqual(ReceiveStatus.Partial, status);
    }

    private static byte[] Message()
    {
        byte[] message = new byte[64 + (4 * Width * Height)];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length - 4);
        new SensorHeader(Type, 7, 1.5, default).Write(message.AsSpan(4));
        new ImageHeader(Width, Height, 90).Write(message.AsSpan(52));
        for (int i = 64; i < message.Length; i++)
            message[i] = (byte)i;
        return message;
    }

    private static void AssertDamaged(string what, Action<byte[]> spoil, int send = int.MaxValue)
    {
        byte[] message = Message();
        spoil(message);
        (ReceiveStatus status, _, ImageReceiver receiver) =
            Receive(socket => socket.Send(message.AsSpan(0, Math.Min(send, message.Length))));
        Assert.Equal(ReceiveStatus.Damaged, status);
        Assert.Contains(what, receiver.Damage);
    }

    private static (ReceiveStatus Status, byte[] Pixels, ImageReceiver Receiver) Receive(Action<Socket> send)
    {
        using RawServer server = new(socket =>
        {
            socket.NoDelay = true;
            socket.Receive(new byte[4]);
            send(socket);
        });
        ImageReceiver receiver = new(new ImageFormat(Width, Height, Type), WireLimits.Default);
        receiver.Open("127.0.0.1", new StreamToken(2, (ushort)server.Port), TimeSpan.FromSeconds(5));
        byte[] pixels = new byte[Width * Height * 4];
        ReceiveStatus status;
        do
            status = receiver.Receive(pixels);
        while (status == ReceiveStatus.Partial);
        return (status, pixels, receiver);
    }
}
