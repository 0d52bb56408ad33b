using System.Buffers.Binary;

namespace EdgeSimToReal.Imaging;

/// <summary>What an image file's bytes say before any pixel is decoded: its format, its size, and whether all of it is there.</summary>
/// <remarks>
/// OpenCV decodes a truncated JPEG to a picture with a grey rest and allocates whatever size a header claims, and libpng prints
/// its complaints itself, so all of that is checked here.
/// </remarks>
internal readonly record struct ImageHeader(string Format, long Width, long Height, bool IsWhole)
{
    private static readonly uint[] CrcTable = CreateCrcTable();

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>PNG only: bits a sample and colour type (0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA).</summary>
    public (int Depth, int ColourType) Png { get; private init; }

    /// <summary>Reads the header; null when the bytes are no PNG, JPEG, BMP or WebP.</summary>
    public static ImageHeader? Parse(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(PngSignature))
            return ParsePng(file);
        if (file.Length >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF)
            return ParseJpeg(file);
        if (file.StartsWith("BM"u8) && file.Length >= 26)
            return ParseBmp(file);
        if (file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..12].SequenceEqual("WEBP"u8))
            return ParseWebP(file);
        return null;
    }

    private static ImageHeader ParsePng(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file[12..16].SequenceEqual("IHDR"u8))
            return new ImageHeader("PNG", 0, 0, false);
        long width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]), height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        return new ImageHeader("PNG", width, height, HasWholePngChunks(file)) { Png = (file[24], file[25]) };
    }

    /// <summary>Whether every chunk (length, type, data, CRC of type and data) up to IEND is there and as it was written.</summary>
    private static bool HasWholePngChunks(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> rest = file[PngSignature.Length..];
        while (rest.Length >= 12)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                return false;
            ReadOnlySpan<byte> typeAndData = rest.Slice(4, 4 + (int)length);
            if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]) != Crc32(typeAndData))
                return false;
            if (typeAndData.StartsWith("IEND"u8))
                return true;
            rest = rest[(12 + (int)length)..];
        }
        return false;
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] CreateCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }
        return table;
    }

    private static ImageHeader ParseJpeg(ReadOnlySpan<byte> file)
    {
        long width = 0, height = 0;
        int at = 2;
        while (at + 4 <= file.Length)
        {
            if (file[at] != 0xFF)
            {
                // Entropy-coded data, or garbage that a tolerant decoder skips as well.
                int next = file[at..].IndexOf((byte)0xFF);
                if (next < 0)
                    break;
                at += next;
                continue;
            }
            byte marker = file[at + 1];
            if (marker == 0xD9)
                return new ImageHeader("JPEG", width, height, true);
            if (marker is 0x00 or 0x01 or 0xFF or (>= 0xD0 and <= 0xD8))
            {
                at += marker == 0xFF ? 1 : 2; // stuffed byte, fill, or a marker without a body
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            bool isFrameHeader = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrameHeader && at + 9 <= file.Length)
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]);
            }
            at += 2 + Math.Max(length, 2);
        }
        bool endsRight = file.Length >= 2 && file[^2] == 0xFF && file[^1] == 0xD9 && at == file.Length - 2;
        return new ImageHeader("JPEG", width, height, endsRight);
    }

    private static ImageHeader ParseBmp(ReadOnlySpan<byte> file)
    {
        long claimed = BinaryPrimitives.ReadUInt32LittleEndian(file[2..]);
        long width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        long height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..])); // negative: rows top to bottom
        return new ImageHeader("BMP", width, height, file.Length >= claimed);
    }

    private static ImageHeader ParseWebP(ReadOnlySpan<byte> file)
    {
        bool complete = file.Length >= 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (file.Length < 30)
            return new ImageHeader("WebP", 0, 0, false);
        ReadOnlySpan<byte> kind = file[12..16];
        if (kind.SequenceEqual("VP8X"u8))
            return new ImageHeader("WebP", 1 + ReadUInt24(file[24..]), 1 + ReadUInt24(file[27..]), complete);
        if (kind.SequenceEqual("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return new ImageHeader("WebP", 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF), complete);
        }
        return new ImageHeader("WebP", BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & 0x3FFF, complete);
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
