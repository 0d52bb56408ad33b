using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Evaluation.Stability;

/// <summary>Flicker of one sequence of pictures.</summary>
/// <remarks>
/// Warping error (Lai et al. 2018): mean over frames of the mean squared difference, channels in [0, 1], between a frame and the frame
/// before, moved along the source's motion, over the pixels that both show. Alternation: |2x_t - x_{t-1} - x_{t+1}| of single channels,
/// which tells flicker from steady change; its 99th percentile, since flicker sits on few pixels.
/// </remarks>
public sealed class SequenceMeter
{
    private const int LargestAlternation = 2 * 255;
    private const double Percentile = 0.99;

    private readonly long[] _alternations = new long[LargestAlternation + 1];
    private float[] _present = [], _previous = [], _last = [];
    private int _frames;
    private double _errors;
    private int _errorFrames;

    /// <summary>Mean over frames of the squared warping error; null until a frame shares pixels with the one before.</summary>
    public double? WarpingError => _errorFrames > 0 ? _errors / _errorFrames : null;

    /// <summary>The 99th percentile of alternations, in levels of 0..510; null for fewer than three frames.</summary>
    public int? AlternationP99
    {
        get
        {
            long total = _alternations.Sum(), seen = 0;
            for (int level = 0; level < _alternations.Length; level++)
            {
                seen += _alternations[level];
                if (total > 0 && seen >= Percentile * total)
                    return level;
            }
            return null;
        }
    }

    /// <summary>Adds the next frame.</summary>
    /// <param name="frame">Of one size all the time.</param>
    /// <param name="flow">The source's motion between the frame before and this one; null for the first frame.</param>
    /// <param name="visible">Which pixels both show (<see cref="FlowPair.Visible"/>).</param>
    public void Add(Frame frame, FlowPair? flow, bool[]? visible)
    {
        (_last, _previous, _present) = (_previous, _present, _last);
        int count = frame.PixelCount * 3;
        if (_present.Length != count)
            _present = new float[count];
        for (int i = 0; i < frame.PixelCount; i++)
        {
            for (int c = 0; c < 3; c++)
                _present[(3 * i) + c] = frame.Bgra[(4 * i) + c];
        }
        _frames++;
        if (_frames > 1 && flow is not null)
            AddError(frame.Width, frame.Height, flow.ToPrevious, visible!);
        if (_frames > 2)
        {
            for (int i = 0; i < count; i++)
                _alternations[(int)Math.Abs((2 * _previous[i]) - _last[i] - _present[i])]++;
        }
    }

    private void AddError(int width, int height, float[] toPrevious, bool[] visible)
    {
        double sum = 0;
        long pixels = 0;
        for (int i = 0; i < visible.Length; i++)
        {
            if (!visible[i])
                continue;
            (float x, float y) = ((i % width) + toPrevious[2 * i], (i / width) + toPrevious[(2 * i) + 1]);
            for (int c = 0; c < 3; c++)
            {
                float difference = (_present[(3 * i) + c] - Bilinear.Sample(_previous, width, height, 3, c, x, y)) / 255;
                sum += difference * difference;
            }
            pixels++;
        }
        if (pixels == 0)
            return;
        _errors += sum / (3 * pixels);
        _errorFrames++;
    }
}
