using System.Buffers;
using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>The episode's settings: [synchronous_mode, no_rendering_mode, fixed_delta_seconds, ...]; 3 to 12 fields by version.</summary>
/// <param name="SynchronousMode">The server waits for tick_cue.</param>
/// <param name="NoRenderingMode">Cameras give nothing.</param>
/// <param name="FixedDeltaSeconds">Simulated seconds a tick; null is variable.</param>
/// <param name="RestCount">How many fields follow.</param>
/// <param name="Rest">Those fields as they came, so that they go back unchanged whatever the version.</param>
public sealed record EpisodeSettings(bool SynchronousMode, bool NoRenderingMode, double? FixedDeltaSeconds, int RestCount, byte[] Rest)
    : IWireStruct<EpisodeSettings>
{
    /// <summary>A server's settings at start.</summary>
    /// <param name="fields">Length of the array, <see cref="ServerProfile.SettingsFields"/>.</param>
    public static EpisodeSettings CreateDefault(int fields)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        for (int field = 3; field < fields; field++)
        {
            switch (field)
            {
                case 3 or 7: // substepping, deterministic_ragdolls
                    writer.Write(true);
                    break;
                case 4: // max_substep_delta_time
                    writer.Write(0.01);
                    break;
                case 5: // max_substeps
                    writer.Write(10);
                    break;
                case 6: // max_culling_distance
                    writer.Write(0f);
                    break;
                case 8: // tile_stream_distance
                    writer.Write(3000f);
                    break;
                case 9: // actor_active_distance
                    writer.Write(2000f);
                    break;
                case 10: // spectator_as_ego
                    writer.Write(true);
                    break;
                default: // adjust_signs_height_to_ground and what may come
                    writer.Write(false);
                    break;
            }
        }
        writer.Flush();
        return new(false, false, null, fields - 3, buffer.WrittenSpan.ToArray());
    }

    /// <inheritdoc/>
    public static EpisodeSettings Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        bool synchronous = WireFormat.ReadBoolean(ref reader, ref left);
        bool noRendering = WireFormat.ReadBoolean(ref reader, ref left);
        double? fixedDelta = left-- > 0 && WireFormat.ReadOptionalHeader(ref reader) ? reader.ReadDouble() : null;
        left = Math.Max(left, 0);
        return new(synchronous, noRendering, fixedDelta, left, WireFormat.ReadRaw(ref reader, left));
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3 + RestCount);
        writer.Write(SynchronousMode);
        writer.Write(NoRenderingMode);
        WireFormat.WriteOptionalHeader(ref writer, FixedDeltaSeconds is not null);
        if (FixedDeltaSeconds is { } seconds)
            writer.Write(seconds);
        writer.WriteRaw(Rest);
    }
}
