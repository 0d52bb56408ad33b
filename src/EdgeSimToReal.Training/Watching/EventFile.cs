using System.Buffers.Binary;
using System.Numerics;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using Google.Protobuf;
using Tensorboard;

namespace EdgeSimToReal.Training.Watching;

/// <summary>A TensorBoard event file with scalars and pictures.</summary>
/// <remarks>
/// TorchSharp's SummaryWriter can't tell of a resumption, so TensorBoard would draw the steps after the checkpoint twice, and it needs
/// Skia for pictures; only its messages are used here. A file is a row of records: length (8 bytes), masked CRC-32C of the length,
/// message, masked CRC-32C of the message, all little-endian.
/// </remarks>
public sealed class EventFile : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Starts a new file in a folder; files of earlier starts stay beside it.</summary>
    /// <param name="folder">The folder that TensorBoard is given; it is created.</param>
    /// <param name="step">Steps done: TensorBoard forgets what earlier files say of later ones.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public EventFile(string folder, long step)
    {
        // TensorBoard reads a folder's files in the order of their names and takes those whose names hold "tfevents".
        string path = Path.Combine(folder, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds():D14}.{step:D10}");
        try
        {
            Directory.CreateDirectory(folder);
            _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CantWrite(path, error);
        }
        Write(new Event { FileVersion = "brain.Event:2" }, 0);
        Write(new Event { SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } }, step + 1);
    }

    /// <summary>Adds a line's figures; "run/imagesPerSecond" and "run/waiting" beside the scalars.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(MetricsLine line)
    {
        Summary summary = new();
        foreach ((string name, double value) in line.Scalars)
            summary.Value.Add(new Summary.Types.Value { Tag = name, SimpleValue = (float)value });
        summary.Value.Add(new Summary.Types.Value { Tag = "run/imagesPerSecond", SimpleValue = (float)line.ImagesPerSecond });
        summary.Value.Add(new Summary.Types.Value { Tag = "run/waiting", SimpleValue = (float)line.Waiting });
        Write(new Event { Summary = summary }, line.Step);
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="step">The step that it shows.</param>
    /// <param name="name">Its tag.</param>
    /// <param name="picture">The picture.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(long step, string name, Frame picture)
    {
        Summary.Types.Image image = new()
        {
            Width = picture.Width,
            Height = picture.Height,
            Colorspace = 3, // RGB
            EncodedImageString = ByteString.CopyFrom(ImageFile.EncodePng(picture)),
        };
        Write(new Event { Summary = new Summary { Value = { new Summary.Types.Value { Tag = name, Image = image } } } }, step);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Write(Event message, long step)
    {
        message.WallTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1e3;
        message.Step = step;
        byte[] content = message.ToByteArray();
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(head, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], MaskedCrc(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedCrc(content));
        try
        {
            _stream.Write(head);
            _stream.Write(content);
            _stream.Write(tail);
            _stream.Flush();
        }
        catch (IOException error)
        {
            throw CantWrite(_stream.Name, error);
        }
    }

    private static EdgeSimException CantWrite(string path, Exception error) => new($"Can't write '{path}': {error.Message.TrimEnd('.')}.",
        "Check the free space and the permissions of that folder.", ExitCode.Output, error);

    // A CRC of data that holds its own CRC would be weak, so the format rotates it and adds a constant.
    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
