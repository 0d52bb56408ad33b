using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Wire;

/// <summary>Whatever bytes a peer sends: the parsers give a result or the one clear error, in pieces as at once.</summary>
public class HostileBytesTests
{
    private static readonly WireLimits Limits = new(MaxRpcMessageBytes: 4096, MaxRpcDepth: 8);

    [Property(MaxTest = 1000)]
    public void RpcBytes_Random_AreMessagesOrOneError(byte[] bytes, byte pieceSeed)
    {
        (List<string> whole, bool failed) = Cut(bytes, bytes.Length + 1);
        (List<string> pieces, bool failedInPieces) = Cut(bytes, (pieceSeed % 7) + 1);
        Assert.Equal(whole, pieces);
        Assert.Equal(failed, failedInPieces);
        foreach (string message in whole)
            Decode(Convert.FromHexString(message));
    }

    [Property(MaxTest = 1000)]
    public FsCheck.Property RpcStructures_Random_AreReadOrMalformed() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), (bytes, count) =>
        {
            // Bytes that begin like an answer come further into the decoders than mere noise.
            byte[] answer = [0x94, 0x01, 0x01, 0xC0, 0x91, 0x92, 0x01, (byte)(0x90 | (count & 0x0F)), .. bytes];
            (List<string> messages, _) = Cut(answer, answer.Length);
            foreach (string message in messages)
                Decode(Convert.FromHexString(message));
        });

    [Theory]
    [InlineData("C1")] // reserved
    [InlineData("C70000")] // extension types are not CARLA's
    [InlineData("DD7FFFFFFF")]
    [InlineData("DE FFFF")]
    [InlineData("C6FFFFFFFF")]
    [InlineData("DBFFFFFFFF")]
    [InlineData("919191919191919191C0")]
    public void Scanner_Hostile_Refuses(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", ""));
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new MessageScanner(Limits).TryFindEnd(bytes, out _));
        Assert.Equal(ExitCode.Connection, error.ExitCode);
    }

    [Fact]
    public void Scanner_LongText_IsWaitedFor()
    {
        MessageScanner scanner = new(Limits);
        byte[] message = [0x92, 0x01, 0xDA, 0x01, 0x00, .. new byte[256]];
        for (int length = 0; length < message.Length; length++)
            Assert.False(scanner.TryFindEnd(message.AsSpan(0, length), out _));
        Assert.True(scanner.TryFindEnd(message, out int end));
        Assert.Equal(message.Length, end);
    }

    private static (List<string> Messages, bool Failed) Cut(byte[] bytes, int piece)
    {
        MessageBuffer buffer = new(Limits);
        List<string> messages = [];
        try
        {
            for (int at = 0; at < bytes.Length;)
            {
                Memory<byte> space = buffer.GetSpace();
                int count = Math.Min(Math.Min(piece, space.Length), bytes.Length - at);
                bytes.AsSpan(at, count).CopyTo(space.Span);
                buffer.Written(count);
                at += count;
                while (buffer.TryTake(out ReadOnlyMemory<byte> message))
                    messages.Add(Convert.ToHexString(message.Span));
            }
            return (messages, false);
        }
        catch (EdgeSimException)
        {
            return (messages, true);
        }
    }

    private static void Decode(byte[] message)
    {
        Try(() => RpcRequest.Read(message).ReadArguments(out _));
        RpcResponse? response = null;
        Try(() => response = RpcResponse.Read(message));
        if (response is not { Error: null } answer)
            return;
        Result<EpisodeInfo>(answer);
        Result<EpisodeSettings>(answer);
        Result<WeatherParameters>(answer);
        Result<MapInfo>(answer);
        Result<ActorDefinition>(answer);
        Result<Actor>(answer);
        Result<BoundingBox>(answer);
        Result<VehicleControl>(answer);
        Result<TrafficManagerAddress>(answer);
        Try(() =>
        {
            MessagePackReader reader = new(answer.Result);
            Command.ReadArray(ref reader, ServerProfile.All[6]);
        });
    }

    private static void Result<T>(RpcResponse response)
        where T : IWireStruct<T> => Try(() =>
        {
            MessagePackReader reader = new(response.Result);
            if (CarlaResponse.ReadHeader(ref reader) is null)
                T.Read(ref reader);
        });

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (WireFormat.IsMalformed(error))
        {
            // The clear error: RpcConnection says which call it was.
        }
    }
}
