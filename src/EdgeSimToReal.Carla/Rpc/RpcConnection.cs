using System.Net.Sockets;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Rpc;

/// <summary>A MessagePack-RPC connection: calls from any thread, many in flight, answers in any order.</summary>
/// <remarks>
/// A call allocates nothing once warm, apart from what its result is made of. The lock guards the table of open calls and the order of
/// bytes on the socket; no frame's data passes through here.
/// </remarks>
public sealed class RpcConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly WireLimits _limits;
    private readonly Lock _gate = new();
    private readonly Lock _sending = new();
    private readonly Dictionary<uint, PendingCall> _open = [];
    private readonly Stack<PendingCall> _idle = new();
    private readonly Thread _reader;
    private uint _lastId;
    private bool _disposed;
    private volatile EdgeSimException? _failure;

    private RpcConnection(Socket socket, string address, WireLimits limits)
    {
        _socket = socket;
        _socket.SendTimeout = 10_000; // a server that reads nothing must not hold a caller for ever
        _limits = limits;
        Address = address;
        _reader = new Thread(ReadAnswers) { IsBackground = true, Name = $"RPC {address}" };
        _reader.Start();
    }

    /// <summary>"host:port", for messages.</summary>
    public string Address { get; }

    /// <summary>Whether the connection still stands, as far as is known.</summary>
    public bool IsAlive => _failure is null;

    /// <summary>Connects.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">1..65535.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="limits">What is refused from the server.</param>
    /// <param name="what">What should listen there, for the error message.</param>
    /// <exception cref="EdgeSimException">Nobody is there.</exception>
    public static RpcConnection Connect(string host, int port, TimeSpan timeout, WireLimits? limits = null, string what = "CARLA") =>
        new(SocketConnector.Connect(host, port, timeout, what), $"{host}:{port}", limits ?? WireLimits.Default);

    /// <summary>Sends a call and forgets it: whatever comes back is ignored.</summary>
    /// <param name="method">The method.</param>
    /// <param name="argumentCount">Number of arguments, the metadata not counted.</param>
    /// <param name="arguments">Writes them.</param>
    /// <exception cref="EdgeSimException">The connection is gone.</exception>
    public void Post(string method, int argumentCount, ArgumentWriter? arguments)
    {
        PendingCall call = Rent(register: false);
        try
        {
            Send(call, method, argumentCount, arguments, ignoreResponse: true);
        }
        finally
        {
            Return(call);
        }
    }

    /// <summary>Makes a call and waits for its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="argumentCount">Number of arguments, the metadata not counted.</param>
    /// <param name="arguments">Writes them; null where there are none.</param>
    /// <param name="result">
    /// Reads the result, which may be a <see cref="CarlaResponse"/>; it throws nothing but what malformed data causes.
    /// </param>
    /// <param name="withMetadata">Whether CARLA's metadata goes first; false for a Traffic Manager.</param>
    /// <param name="error">rpclib's error; null where there is a result.</param>
    /// <exception cref="EdgeSimException">
    /// No answer in time, connection gone, answer malformed (<see cref="ExitCode.Connection"/>).
    /// </exception>
    public T? Call<T>(string method, TimeSpan timeout, int argumentCount, ArgumentWriter? arguments, ResultReader<T> result,
        bool withMetadata, out CallError? error)
    {
        PendingCall call = Rent(register: true);
        try
        {
            Send(call, method, argumentCount, arguments, withMetadata ? false : null);
            if (!call.Answered.WaitOne(timeout))
            {
                throw new EdgeSimException($"{Address} did not answer '{method}' within {timeout.TotalSeconds:0.#} s.",
                    "It may be loading a map or be kept waiting by another client's synchronous mode; raise the time-out if it is slow.",
                    ExitCode.Connection);
            }
            if (call.Broken)
                throw Gone(method);
            return Decode(call.Answer, method, result, out error);
        }
        finally
        {
            Return(call);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        Fail(new EdgeSimException($"The connection to {Address} was closed by this side.", null, ExitCode.Connection));
        CloseSocket();
        if (Thread.CurrentThread != _reader)
            _reader.Join();
        lock (_gate)
        {
            while (_idle.TryPop(out PendingCall? call))
                call.Dispose();
        }
    }

    private T? Decode<T>(ReadOnlyMemory<byte> message, string method, ResultReader<T> result, out CallError? error)
    {
        try
        {
            RpcResponse response = RpcResponse.Read(message);
            error = response.Error is { } text ? new CallError(text, FromRpclib: true) : null;
            if (error is not null)
                return default;
            MessagePackReader reader = new(response.Result);
            return result(ref reader);
        }
        catch (Exception malformed) when (WireFormat.IsMalformed(malformed))
        {
            throw new EdgeSimException(
                $"{Address} answered '{method}' with something else than CARLA does: {malformed.Message.TrimEnd('.')}.",
                "Check that this is a CARLA RPC port and a supported version.", ExitCode.Connection, malformed);
        }
    }

    private PendingCall Rent(bool register)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            PendingCall call = _idle.TryPop(out PendingCall? idle) ? idle : new PendingCall();
            call.Id = ++_lastId;
            call.Broken = false;
            call.Answered.Reset();
            if (register)
                _open.Add(call.Id, call);
            return call;
        }
    }

    private void Return(PendingCall call)
    {
        lock (_gate)
        {
            _open.Remove(call.Id);
            if (_disposed)
                call.Dispose();
            else
                _idle.Push(call);
        }
    }

    private void Send(PendingCall call, string method, int argumentCount, ArgumentWriter? arguments, bool? ignoreResponse)
    {
        call.Request.ResetWrittenCount();
        MessagePackWriter writer = new(call.Request);
        RpcRequest.WriteHeader(ref writer, call.Id, method, argumentCount, ignoreResponse);
        arguments?.Invoke(ref writer);
        writer.Flush();
        if (_failure is not null)
            throw Gone(method);
        lock (_sending)
        {
            ReadOnlySpan<byte> bytes = call.Request.WrittenSpan;
            while (bytes.Length > 0)
            {
                int sent = _socket.Send(bytes, SocketFlags.None, out SocketError status);
                if (status != SocketError.Success)
                {
                    Fail(Lost(status));
                    throw Gone(method);
                }
                bytes = bytes[sent..];
            }
        }
    }

    private void ReadAnswers()
    {
        MessageBuffer buffer = new(_limits);
        try
        {
            while (true)
            {
                int count = _socket.Receive(buffer.GetSpace().Span, SocketFlags.None, out SocketError status);
                if (status != SocketError.Success || count == 0)
                {
                    Fail(buffer.IsInsideMessage
                        ? new EdgeSimException($"{Address} closed the connection in the middle of an answer.",
                            "The server has stopped or crashed; see its log.", ExitCode.Connection)
                        : Lost(status));
                    return;
                }
                buffer.Written(count);
                while (buffer.TryTake(out ReadOnlyMemory<byte> message))
                    Deliver(message);
            }
        }
        catch (EdgeSimException broken)
        {
            Fail(new EdgeSimException($"{Address}: {broken.Message}", null, ExitCode.Connection, broken));
        }
        catch (Exception malformed) when (WireFormat.IsMalformed(malformed))
        {
            Fail(new EdgeSimException($"{Address} does not speak CARLA's protocol: {malformed.Message.TrimEnd('.')}.",
                "Check that the port is a CARLA RPC port (2000 unless set otherwise).", ExitCode.Connection, malformed));
        }
        catch (ObjectDisposedException)
        {
            // Disposed while about to receive.
        }
        finally
        {
            CloseSocket();
        }
    }

    private void Deliver(ReadOnlyMemory<byte> message)
    {
        MessagePackReader reader = new(message);
        if (reader.ReadArrayHeader() != 4 || reader.ReadInt32() != 1)
            throw new MessagePackSerializationException("a message that is no answer");
        uint id = reader.ReadUInt32();
        lock (_gate)
        {
            // Unknown ids are answers to posted calls, or come after their call's time-out.
            if (_open.Remove(id, out PendingCall? call))
            {
                call.SetAnswer(message.Span);
                call.Answered.Set();
            }
        }
    }

    private EdgeSimException Lost(SocketError status) => new(
        $"{Address} closed the connection{(status is SocketError.Success ? "" : $" ({status})")}.",
        "The server has stopped or crashed; see its log.", ExitCode.Connection);

    private EdgeSimException Gone(string method) =>
        new($"The call '{method}' failed: {_failure?.Message ?? $"{Address} is gone."}", null, ExitCode.Connection, _failure);

    private void Fail(EdgeSimException failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            foreach (PendingCall call in _open.Values)
            {
                call.Broken = true;
                call.Answered.Set();
            }
            _open.Clear();
        }
    }

    private void CloseSocket()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both); // wakes a receive that another thread is in
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It was closed already.
        }
        _socket.Dispose();
    }
}
