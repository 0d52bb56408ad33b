using System.Text;

namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>Writes zip files as torch.save does: stored entries, padded extra fields, sizes behind the data, zip64 records.</summary>
internal sealed class ZipMaker(bool zip64)
{
    private const int Alignment = 64;

    private readonly MemoryStream _file = new();
    private readonly MemoryStream _directory = new();
    private int _count;

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Any name at all.</param>
    /// <param name="data">Its bytes as they lie in the file.</param>
    /// <param name="size">What the directory says of the uncompressed size; null for the truth.</param>
    /// <param name="method">0 stored, 8 deflated.</param>
    /// <param name="offset">Where the directory says that the entry begins; null for the truth.</param>
    public ZipMaker Add(string name, byte[] data, long? size = null, ushort method = 0, long? offset = null)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        long start = _file.Position;
        int padding = (int)((Alignment - ((start + 30 + utf8.Length + 4) % Alignment)) % Alignment);
        using (BinaryWriter local = new(_file, Encoding.ASCII, leaveOpen: true))
        {
            local.Write(0x04034b50);
            local.Write([0, 0, 8, 8]); // version, flags: sizes follow the data, names are UTF-8
            local.Write(method);
            local.Write(new byte[16]); // time, date, CRC, sizes
            local.Write((ushort)utf8.Length);
            local.Write((ushort)(4 + padding));
            local.Write(utf8);
            local.Write("FB"u8);
            local.Write((ushort)padding);
            local.Write(Encoding.ASCII.GetBytes(new string('Z', padding)));
            local.Write(data);
            local.Write(0x08074b50);
            local.Write(Crc(data));
            local.Write(data.Length);
            local.Write(data.Length);
        }
        using BinaryWriter central = new(_directory, Encoding.ASCII, leaveOpen: true);
        central.Write(0x02014b50);
        central.Write([0, 0, 0, 0, 8, 8]);
        central.Write(method);
        central.Write(0);
        central.Write(Crc(data));
        central.Write(zip64 ? uint.MaxValue : (uint)data.Length);
        central.Write(zip64 ? uint.MaxValue : (uint)(size ?? data.Length));
        central.Write((ushort)utf8.Length);
        central.Write((ushort)(zip64 ? 28 : 0));
        central.Write(new byte[10]); // comment, disk, attributes
        central.Write(zip64 ? uint.MaxValue : (uint)(offset ?? start));
        central.Write(utf8);
        if (zip64)
        {
            central.Write((ushort)1);
            central.Write((ushort)24);
            central.Write(size ?? data.Length);
            central.Write((long)data.Length);
            central.Write(offset ?? start);
        }
        _count++;
        return this;
    }

    public byte[] Done()
    {
        long start = _file.Position, length = _directory.Length;
        _directory.WriteTo(_file);
        using BinaryWriter end = new(_file);
        if (zip64)
        {
            long record = _file.Position;
            end.Write(0x06064b50);
            end.Write(44L);
            end.Write(new byte[12]); // versions, disks
            end.Write((long)_count);
            end.Write((long)_count);
            end.Write(length);
            end.Write(start);
            end.Write(0x07064b50);
            end.Write(0);
            end.Write(record);
            end.Write(1);
        }
        end.Write(0x06054b50);
        end.Write(0);
        end.Write(zip64 ? ushort.MaxValue : (ushort)_count);
        end.Write(zip64 ? ushort.MaxValue : (ushort)_count);
        end.Write(zip64 ? uint.MaxValue : (uint)length);
        end.Write(zip64 ? uint.MaxValue : (uint)start);
        end.Write((ushort)0);
        end.Flush();
        return _file.ToArray();
    }

    private static uint Crc(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ (0xEDB88320u * (crc & 1));
        }
        return ~crc;
    }
}
