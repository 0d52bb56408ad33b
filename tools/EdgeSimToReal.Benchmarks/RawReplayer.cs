using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Benchmarks;

/// <summary>A camera server of raw bytes on loopback: frames of a known pattern at a steady rate, with the send time in their first pixels.</summary>
internal static class RawReplayer
{
    /// <summary>Bytes at the start of each frame: a mark, the frame's number, the send time in Stopwatch ticks.</summary>
    public const int HeadBytes = 24;

    public const long Mark = 0x4547_4445_5241_5721;

    private const int Patterns = 8;
    private const int PixelOffset = 64; // message length, sensor header, image header
    private const int FrameOffset = 12; // message length, sensor type

    /// <summary>The pixels of one of the patterns; a frame shows the pattern of its number modulo their count.</summary>
    public static byte[] Pattern(ulong frame, int bytes)
    {
        byte[] pixels = new byte[bytes];
        new Random((int)(frame % Patterns)).NextBytes(pixels);
        return pixels;
    }

    public static ulong PatternOf(ulong frame) => frame % Patterns;

    /// <summary>Serves until the process is killed; prints the port.</summary>
    public static void Serve(int width, int height, double rate)
    {
        using TestServer server = new();
        Console.WriteLine(server.Port);
        ServerProfile profile = server.Profile;
        byte[][] messages = [.. Enumerable.Range(0, Patterns).Select(i =>
        {
            byte[] message = server.Image(profile.RgbType, (ulong)i, width, height, _ => 0);
            Pattern((ulong)i, width * height * 4).CopyTo(message, PixelOffset);
            return message;
        })];
        Socket camera = server.Subscriber("sensor.camera.rgb", seconds: 60);
        long start = Stopwatch.GetTimestamp(), period = (long)(Stopwatch.Frequency / rate);
        for (ulong frame = 1; ; frame++)
        {
            // A frame whose time has passed while the last one was still being written is dropped whole, as CARLA does.
            long due = start + ((long)frame * period), now = Stopwatch.GetTimestamp();
            if (now > due + period)
                continue;
            if (due > now)
                Thread.Sleep(TimeSpan.FromTicks((due - now) * TimeSpan.TicksPerSecond / Stopwatch.Frequency));
            byte[] message = messages[PatternOf(frame)];
            BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(FrameOffset), frame);
            Span<byte> head = message.AsSpan(PixelOffset);
            BinaryPrimitives.WriteInt64LittleEndian(head, Mark);
            BinaryPrimitives.WriteUInt64LittleEndian(head[8..], frame);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], Stopwatch.GetTimestamp());
            try
            {
                for (int sent = 0; sent < message.Length;)
                    sent += camera.Send(message, sent, message.Length - sent, SocketFlags.None);
            }
            catch (SocketException)
            {
                return; // the subscriber has what it wanted
            }
        }
    }
}
