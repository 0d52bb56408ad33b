using System.Buffers.Binary;

namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>Checkpoint files in both of PyTorch's formats.</summary>
internal static class TorchFileMaker
{
    private static readonly byte[] Magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    /// <summary>The format of PyTorch 1.6 and later.</summary>
    public static byte[] Zip(byte[] pickle, bool zip64 = false, string? byteOrder = "little", params (string Key, byte[] Data)[] storages)
    {
        ZipMaker zip = new(zip64);
        zip.Add("archive/data.pkl", pickle).Add("archive/.format_version", "1"u8.ToArray());
        if (byteOrder is not null)
            zip.Add("archive/byteorder", System.Text.Encoding.ASCII.GetBytes(byteOrder));
        foreach ((string key, byte[] data) in storages)
            zip.Add($"archive/data/{key}", data);
        return zip.Add("archive/version", "3\n"u8.ToArray()).Done();
    }

    /// <summary>The format before that.</summary>
    public static byte[] Legacy(byte[] pickle, bool littleEndian = true, params (string Key, long Count, byte[] Data)[] storages)
    {
        List<byte> file =
        [
            .. new PickleMaker().Raw(0x8a, 10).Raw(Magic).Done(),
            .. new PickleMaker().Value(1001).Done(),
            .. new PickleMaker().Value(new (string, object?)[] { ("protocol_version", 1001), ("little_endian", littleEndian) }).Done(),
            .. pickle,
            .. new PickleMaker().Value(storages.Select(storage => (object?)storage.Key).ToList()).Done(),
        ];
        byte[] length = new byte[8];
        foreach ((_, long count, byte[] data) in storages)
        {
            if (littleEndian)
                BinaryPrimitives.WriteInt64LittleEndian(length, count);
            else
                BinaryPrimitives.WriteInt64BigEndian(length, count);
            file.AddRange(length);
            file.AddRange(data);
        }
        return [.. file];
    }

    /// <summary>A state dictionary's pickle.</summary>
    public static byte[] Pickle(params (string Key, object? Value)[] items) => new PickleMaker().Value(new StateDict(items)).Done();

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static EdgeSimToReal.Core.Weights.WeightsFile Read(byte[] bytes) =>
        EdgeSimToReal.Core.Weights.WeightsFile.Read(new MemoryStream(bytes), "w.pth");
}
