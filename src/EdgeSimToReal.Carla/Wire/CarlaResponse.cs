using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>
/// carla::rpc::Response, the result of nearly every method: [[1, value]] or [[0, [text]]]; without a value [[false]] or [[true, [text]]].
/// </summary>
public static class CarlaResponse
{
    /// <summary>What a server answers at once to a call with ignore_response on a method that runs on its game thread.</summary>
    public const string UnknownError = "unknown error";

    /// <summary>Writes a success without a value.</summary>
    public static void WriteOk(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(1);
        writer.Write(false);
    }

    /// <summary>Writes everything before a success' value; the caller writes the value next.</summary>
    public static void WriteValueHeader(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(2);
        writer.Write(1);
    }

    /// <summary>Writes a success with a structure.</summary>
    public static void WriteValue<T>(ref MessagePackWriter writer, T value)
        where T : IWireStruct<T>
    {
        WriteValueHeader(ref writer);
        value.Write(ref writer);
    }

    /// <summary>Writes an error.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="text">What went wrong.</param>
    /// <param name="methodHasValue">Whether the method answers with a value on success.</param>
    public static void WriteError(ref MessagePackWriter writer, string text, bool methodHasValue)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(2);
        if (methodHasValue)
            writer.Write(0);
        else
            writer.Write(true);
        writer.WriteArrayHeader(1);
        writer.Write(text);
    }

    /// <summary>Reads up to a success' value, or the whole error. Takes both forms.</summary>
    /// <param name="reader">Stands at the value afterwards, where there is one.</param>
    /// <returns>The error's text; null on success.</returns>
    /// <exception cref="MessagePackSerializationException">It is no response.</exception>
    public static string? ReadHeader(ref MessagePackReader reader)
    {
        if (reader.ReadArrayHeader() != 1)
            throw new MessagePackSerializationException("A response must be an array of one.");
        int count = reader.ReadArrayHeader();
        if (count == 0)
            throw new MessagePackSerializationException("A response must not be empty.");
        bool failed = reader.NextMessagePackType == MessagePackType.Boolean ? reader.ReadBoolean() : reader.ReadInt32() == 0;
        if (!failed)
            return null;
        if (count < 2)
            return UnknownError;
        int left = reader.ReadArrayHeader();
        string text = WireFormat.ReadString(ref reader, ref left);
        WireFormat.SkipRest(ref reader, left);
        return text;
    }
}
