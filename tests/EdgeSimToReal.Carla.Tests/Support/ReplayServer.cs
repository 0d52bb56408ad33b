using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>Plays the server's side of a recording to whoever asks.</summary>
/// <remarks>
/// A request gets the recorded answer to the same call with the same arguments, else the next one to the same method, with its own id put
/// in.
/// A stream gets the messages of the next recorded connection with its id; in synchronous recordings not before the tick that they
/// followed.
/// </remarks>
internal sealed class ReplayServer : LoopbackServer
{
    private readonly Recording _recording;
    private readonly List<(RecordedRequest Request, byte[] Answer)> _calls;
    private readonly Lock _gate = new();
    private readonly HashSet<int> _usedConnections = [];
    private int _ticks;

    public ReplayServer(string recording)
    {
        _recording = Recording.Load(recording);
        _calls = [.. _recording.Calls().Select(call => (RecordedRequest.From(RpcRequest.Read(call.Request)), PatchPort(call.Answer)))];
        RecordedRequests = [.. _calls.Select(call => call.Request)];
        Start();
    }

    /// <summary>What the official client asked.</summary>
    public RecordedRequest[] RecordedRequests { get; }

    /// <summary>The pixels of the recorded messages of a stream.</summary>
    public byte[][] RecordedImages(uint stream) => [.. Connections(stream)
        .SelectMany(connection => Sent(connection)).Select(m => m.Bytes[64..])];

    /// <summary>Where calls coincide with the official client's, their arguments must, too.</summary>
    public void AssertSameArguments(params string[] methods)
    {
        foreach (string method in methods)
        {
            string[] ours = [.. Requests.Where(r => r.Method == method).Select(r => r.Arguments)];
            string[] theirs = [.. RecordedRequests.Where(r => r.Method == method).Select(r => r.Arguments)];
            Assert.NotEmpty(ours);
            Assert.Equal(theirs, ours);
        }
    }

    protected override byte[]? Answer(RpcRequest request, byte[] message)
    {
        RecordedRequest wanted = RecordedRequest.From(request);
        lock (_gate)
        {
            if (request.Method == "tick_cue")
                _ticks++;
            int index = _calls.FindIndex(call => call.Request == wanted);
            if (index < 0)
                index = _calls.FindIndex(call => call.Request.Method == request.Method);
            if (index < 0)
                return TestServer.UnknownMethod(request);
            byte[] answer = _calls[index].Answer;
            // Used up, unless it is the last of its kind: then it serves for all later calls too.
            RecordedRequest used = _calls[index].Request;
            if (_calls.Count(call => call.Request.Method == used.Method && (call.Request == used || used != wanted)) > 1)
                _calls.RemoveAt(index);
            return WithId(answer, request.Id);
        }
    }

    protected override void Subscribed(uint stream, Socket socket)
    {
        int connection;
        lock (_gate)
        {
            int[] candidates = [.. Connections(stream)];
            connection = candidates.Cast<int?>().FirstOrDefault(c => _usedConnections.Add(c!.Value)) ?? candidates.LastOrDefault(-1);
        }
        if (connection < 0)
        {
            Close(socket); // as the real server does with an unknown id
            return;
        }
        foreach (RecordedMessage message in Sent(connection))
        {
            int ticks = TicksBefore(message);
            while (Volatile.Read(ref _ticks) < ticks)
                Thread.Sleep(1);
            socket.Send(message.Bytes);
            Thread.Sleep(5);
        }
        socket.Receive(new byte[1]); // stays open until the client goes
    }

    private static byte[] WithId(byte[] answer, uint id)
    {
        MessagePackReader reader = new(answer);
        reader.ReadArrayHeader();
        reader.ReadInt32();
        reader.ReadUInt32();
        byte[] rest = answer[(int)reader.Consumed..];
        return TestServer.Encode((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(4);
            writer.Write(1);
            writer.Write(id);
            writer.WriteRaw(rest);
        });
    }

    private IEnumerable<int> Connections(uint stream) => _recording.Messages
        .Where(m => !m.IsRpc && m.FromClient && m.Bytes.Length == 4 && BitConverter.ToUInt32(m.Bytes) == stream).Select(m => m.Connection);

    private IEnumerable<RecordedMessage> Sent(int connection) =>
        _recording.Messages.Where(m => m.Connection == connection && !m.FromClient && m.Bytes.Length > 0);

    private int TicksBefore(RecordedMessage message) => _recording.Messages.TakeWhile(m => m != message)
        .Count(m => m.IsRpc && m.FromClient && m.Bytes.Length > 0 && RpcRequest.Read(m.Bytes).Method == "tick_cue");

    /// <summary>The recorded tokens name port 2001.</summary>
    private byte[] PatchPort(byte[] answer)
    {
        byte[] patched = [.. answer];
        for (int i = 0; i + 2 + StreamToken.Size <= patched.Length; i++)
        {
            if (patched[i] == 0xC4 && patched[i + 1] == StreamToken.Size && patched[i + 6] == 0xD1 && patched[i + 7] == 0x07)
                BitConverter.TryWriteBytes(patched.AsSpan(i + 6), (ushort)StreamPort);
        }
        return patched;
    }
}
