using System.Net.Sockets;
using System.Text;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <summary>One client's RPC connection: reads requests, answers them one after another.</summary>
/// <remarks>
/// A thread a connection. Buffers grow with the largest message and stay; a call without text arguments allocates nothing.
/// What is no MessagePack-RPC closes the connection.
/// </remarks>
/// <param name="socket">The accepted connection.</param>
/// <param name="methods">The server's methods.</param>
internal sealed class RpcConnection(Socket socket, RpcMethods methods)
{
    // Batches and textures reach megabytes, nothing legitimate more.
    private static readonly WireLimits Limits = new(MaxRpcMessageBytes: 16 << 20);

    private readonly ByteSink _output = new();
    private readonly ByteSink _ignored = new();
    private readonly MessageBuffer _input = new(Limits);

    /// <summary>Serves until either side closes; ends without an exception.</summary>
    public void Serve()
    {
        try
        {
            socket.NoDelay = true;
            socket.SendTimeout = 10_000; // a client that pipelines calls but reads no answers is let go
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            int read;
            while ((read = socket.Receive(_input.GetSpace().Span, SocketFlags.None)) > 0)
            {
                _input.Written(read);
                while (_input.TryTake(out ReadOnlyMemory<byte> message))
                {
                    _output.Clear();
                    Answer(message);
                    Send(_output.Written);
                }
            }
        }
        catch (Exception error) when (
            error is SocketException or ObjectDisposedException or EdgeSimException || WireFormat.IsMalformed(error))
        {
            // The peer went, was let go, or does not speak the protocol: this connection is over, the server goes on.
        }
        finally
        {
            Close();
        }
    }

    /// <summary>Ends <see cref="Serve"/>; may be called by any thread.</summary>
    public void Close() => socket.Dispose();

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[socket.Send(bytes, SocketFlags.None)..];
    }

    private void Answer(ReadOnlyMemory<byte> message)
    {
        // Not RpcRequest.Read: its method name would be a new string a tick.
        MessagePackReader reader = new(message);
        int fields = reader.ReadArrayHeader();
        bool isNotification = reader.ReadInt32() == 2;
        if (fields != (isNotification ? 3 : 4))
            throw new MessagePackSerializationException("Neither a request nor a notification.");
        uint id = isNotification ? 0 : reader.ReadUInt32();
        if (!reader.TryReadStringSpan(out ReadOnlySpan<byte> name))
            throw new MessagePackSerializationException("The method's name is no text.");
        int count = reader.ReadArrayHeader();
        if (Call(name, count, id, ref reader) is { } error)
        {
            _output.Clear();
            MessagePackWriter writer = new(_output);
            RpcResponse.WriteError(ref writer, id, error);
            writer.Flush();
        }
        if (isNotification)
            _output.Clear();
    }

    /// <summary>Runs the method and writes the response; returns the text of an rpclib error instead.</summary>
    private string? Call(ReadOnlySpan<byte> name, int count, uint id, ref MessagePackReader reader)
    {
        RpcMethod? method = methods.Find(name);
        if (method is null)
            return RpcErrors.UnknownMethod(Encoding.UTF8.GetString(name), count);
        if (method.Arity != count)
            return RpcErrors.WrongArity(method.Name, count, method.Arity);
        try
        {
            int left = reader.ReadArrayHeader();
            bool ignoresResponse = WireFormat.ReadBoolean(ref reader, ref left);
            WireFormat.SkipRest(ref reader, left);
            MessagePackWriter writer = new(_output);
            RpcResponse.WriteHeader(ref writer, id);
            if (ignoresResponse && method.Form != RpcForm.Immediate)
            {
                // The real server answers before its game thread runs the call: the answer says nothing about it.
                _ignored.Clear();
                MessagePackWriter ignored = new(_ignored);
                method.Handler(ref reader, ref ignored);
                WriteDefault(ref writer, method.Form);
            }
            else
            {
                method.Handler(ref reader, ref writer);
            }
            writer.Flush();
            return null;
        }
        catch (Exception error) when (WireFormat.IsMalformed(error))
        {
            return RpcErrors.WrongType(method.Name, count);
        }
    }

    private static void WriteDefault(ref MessagePackWriter writer, RpcForm form)
    {
        if (form == RpcForm.Batch)
            writer.WriteArrayHeader(0);
        else
            CarlaResponse.WriteError(ref writer, CarlaResponse.UnknownError, form == RpcForm.Value);
    }
}
