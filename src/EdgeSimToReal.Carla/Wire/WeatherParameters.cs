using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>The weather: 10 (0.9.10, 0.9.11), 13 (0.9.12, 0.9.13) or 14 float32, kept as they came so that they go back whole.</summary>
/// <param name="values">The fields in the wire's order.</param>
public sealed class WeatherParameters(float[] values) : IWireStruct<WeatherParameters>
{
    /// <summary>The fields in the wire's order; the named ones below are the first fourteen.</summary>
    public float[] Values { get; } = values;

    /// <summary>0..100.</summary>
    public float Cloudiness { get => this[0]; set => this[0] = value; }

    /// <summary>Rain, 0..100.</summary>
    public float Precipitation { get => this[1]; set => this[1] = value; }

    /// <summary>Puddles, 0..100.</summary>
    public float PrecipitationDeposits { get => this[2]; set => this[2] = value; }

    /// <summary>0..100.</summary>
    public float WindIntensity { get => this[3]; set => this[3] = value; }

    /// <summary>Degrees, 0..360.</summary>
    public float SunAzimuthAngle { get => this[4]; set => this[4] = value; }

    /// <summary>Degrees, -90 (midnight) .. 90 (noon).</summary>
    public float SunAltitudeAngle { get => this[5]; set => this[5] = value; }

    /// <summary>0..100.</summary>
    public float FogDensity { get => this[6]; set => this[6] = value; }

    /// <summary>Metres.</summary>
    public float FogDistance { get => this[7]; set => this[7] = value; }

    /// <summary>From 0 (thin, high) upwards.</summary>
    public float FogFalloff { get => this[8]; set => this[8] = value; }

    /// <summary>0..100.</summary>
    public float Wetness { get => this[9]; set => this[9] = value; }

    /// <summary>0 where the server's version has no such field; setting it then is an error. So for the ones below.</summary>
    public float ScatteringIntensity { get => this[10]; set => this[10] = value; }

    /// <inheritdoc cref="ScatteringIntensity"/>
    public float MieScatteringScale { get => this[11]; set => this[11] = value; }

    /// <inheritdoc cref="ScatteringIntensity"/>
    public float RayleighScatteringScale { get => this[12]; set => this[12] = value; }

    /// <inheritdoc cref="ScatteringIntensity"/>
    public float DustStorm { get => this[13]; set => this[13] = value; }

    private float this[int index]
    {
        get => index < Values.Length ? Values[index] : 0;
        set
        {
            if (index >= Values.Length)
                throw new ArgumentOutOfRangeException(nameof(index), "This server's version has no such weather parameter.");
            Values[index] = value;
        }
    }

    /// <inheritdoc/>
    public static WeatherParameters Read(ref MessagePackReader reader)
    {
        int count = reader.ReadArrayHeader();
        if (count > 64)
            throw new MessagePackSerializationException($"A weather of {count} fields.");
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = reader.ReadSingle();
        return new(values);
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Values.Length);
        foreach (float value in Values)
            writer.Write(value);
    }
}
