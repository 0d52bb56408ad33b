namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Frames whose size is not the network's.</summary>
public sealed partial class PixelConverter
{
    private readonly ResampleAxis? _toNetworkX;
    private readonly ResampleAxis? _toNetworkY;
    private readonly ResampleAxis? _toOutputX;
    private readonly ResampleAxis? _toOutputY;
    private readonly float[] _blended = []; // Prepare's: one network row at the source's width, [source width, 4]
    private readonly float[] _pixels = []; // Finish's: one network row, [active width, 4]
    private readonly float[] _ring = []; // Finish's: network rows at the output's width, [taps, output width, 4]

    // Rows first: the usual frame is larger than the network's input, and a blend of whole rows runs at full vector width,
    // so that the narrower column pass has few rows left to do.
    private void PrepareResampled(ReadOnlySpan<byte> bgra, Span<float> red, Span<float> green, Span<float> blue)
    {
        ResampleAxis vertical = _toNetworkY!;
        int width = _geometry.NetworkRectangle.Width;
        int taps = vertical.Taps;
        for (int y = 0; y < _geometry.NetworkRectangle.Height; y++)
        {
            PixelKernels.BlendRows(
                bgra[(4 * SourceOffset(vertical.Start[y]))..],
                4 * _geometry.SourceWidth,
                vertical.Weights.AsSpan(y * taps, taps),
                _blended,
                Level);
            int at = NetworkOffset(y);
            PixelKernels.ResampleToPlanes(
                _blended, _toNetworkX!, red.Slice(at, width), green.Slice(at, width), blue.Slice(at, width), Level);
        }
    }

    // Columns first, for the same reason: each network row is widened once, and the many output rows are blends of whole rows.
    private void FinishResampled(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, Span<byte> bgra)
    {
        ResampleAxis vertical = _toOutputY!;
        int width = _geometry.NetworkRectangle.Width;
        int row = 4 * _geometry.OutputWidth;
        int taps = vertical.Taps;
        int next = 0;
        for (int y = 0; y < _geometry.OutputHeight; y++)
        {
            int first = vertical.Start[y];
            for (; next < first + taps; next++)
            {
                int at = NetworkOffset(next);
                PixelKernels.ToPixels(red.Slice(at, width), green.Slice(at, width), blue.Slice(at, width), _pixels, Level);
                PixelKernels.ResampleRow(_pixels, _toOutputX!, _ring.AsSpan(next % taps * row, row), Level);
            }
            PixelKernels.BlendRing(_ring, first % taps, vertical.Weights.AsSpan(y * taps, taps), bgra.Slice(y * row, row), Level);
        }
    }
}
