using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Evaluation.Guarding;

/// <summary>Does to pictures what a translator must not: vehicles vanish, or appear where there are none.</summary>
/// <param name="space">The label space of the masks.</param>
internal sealed class VehicleEdits(LabelSpace space)
{
    private readonly bool[] _isVehicle = [.. Enumerable.Range(0, 256).Select(id => space.Vehicles.Contains((byte)id))];

    /// <summary>The least share of a picture's pixels that an edit changes.</summary>
    public const double LeastShare = 0.01;

    /// <summary>Replaces vehicles by what is left and right of them in every row, blended.</summary>
    /// <returns>Whether the frame has vehicles enough.</returns>
    public bool Erase(Frame source, Frame picture, Frame result)
    {
        if (Count(source, null) < LeastShare * source.PixelCount)
            return false;
        picture.Bgra.CopyTo(result.Bgra, 0);
        for (int y = 0; y < source.Height; y++)
        {
            Span<byte> row = result.Bgra.AsSpan(4 * y * source.Width, 4 * source.Width);
            ReadOnlySpan<byte> tags = source.Tags.AsSpan(y * source.Width, source.Width);
            for (int end, start = 0; start < tags.Length; start = end + 1)
            {
                for (end = start; end < tags.Length && _isVehicle[tags[end]];)
                    end++;
                for (int x = start; x < end; x++)
                    Blend(row, start - 1, end, x);
            }
        }
        return true;
    }

    /// <summary>Puts another frame's vehicles where they are there.</summary>
    /// <returns>Whether they cover enough that is no vehicle here.</returns>
    public bool Paste(Frame source, Frame picture, Frame donor, Frame donorPicture, Frame result)
    {
        if (Count(donor, source) < LeastShare * source.PixelCount)
            return false;
        picture.Bgra.CopyTo(result.Bgra, 0);
        for (int i = 0; i < donor.Tags.Length; i++)
        {
            if (_isVehicle[donor.Tags[i]])
                donorPicture.Bgra.AsSpan(4 * i, 4).CopyTo(result.Bgra.AsSpan(4 * i));
        }
        return true;
    }

    // Vehicle pixels of a frame that are none in another.
    private int Count(Frame frame, Frame? other)
    {
        int count = 0;
        for (int i = 0; i < frame.Tags.Length; i++)
        {
            if (_isVehicle[frame.Tags[i]] && (other is null || !_isVehicle[other.Tags[i]]))
                count++;
        }
        return count;
    }

    // Between the pixels left and right of a run; at the picture's edge, the one there is.
    private static void Blend(Span<byte> row, int left, int right, int x)
    {
        int pixels = row.Length / 4;
        for (int channel = 0; channel < 4; channel++)
        {
            int before = left >= 0 ? row[(4 * left) + channel] : right < pixels ? row[(4 * right) + channel] : 128;
            int after = right < pixels ? row[(4 * right) + channel] : before;
            row[(4 * x) + channel] = (byte)(before + ((after - before) * (x - left) / (right - left)));
        }
    }
}
