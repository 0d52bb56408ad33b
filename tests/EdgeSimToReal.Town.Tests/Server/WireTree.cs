using System.Buffers;
using MessagePack;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>MessagePack as plain objects: object[], string, byte[], bool, null, long, float, double.</summary>
internal static class WireTree
{
    public static object? Decode(ReadOnlyMemory<byte> bytes)
    {
        MessagePackReader reader = new(bytes);
        return Read(ref reader);
    }

    public static byte[] Encode(object? tree)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        Write(ref writer, tree);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static object? Read(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Array:
                object?[] items = new object?[reader.ReadArrayHeader()];
                for (int i = 0; i < items.Length; i++)
                    items[i] = Read(ref reader);
                return items;
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return reader.ReadBytes()!.Value.ToArray();
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.ReadInt64();
            case MessagePackType.Float:
                return reader.NextCode == MessagePackCode.Float32 ? reader.ReadSingle() : (object)reader.ReadDouble();
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            default:
                throw new InvalidDataException($"CARLA sends no {reader.NextMessagePackType}.");
        }
    }

    private static void Write(ref MessagePackWriter writer, object? tree)
    {
        switch (tree)
        {
            case null:
                writer.WriteNil();
                break;
            case object?[] items:
                writer.WriteArrayHeader(items.Length);
                foreach (object? item in items)
                    Write(ref writer, item);
                break;
            case string text:
                writer.Write(text);
                break;
            case byte[] bytes:
                writer.Write(bytes);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case long number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            case double number:
                writer.Write(number);
                break;
            default:
                throw new InvalidDataException($"A {tree.GetType()} can't be sent.");
        }
    }
}
