using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Brings frames to the network and its pictures back: BGRA8 to normalised planes, planes to BGRA8, tags alike.</summary>
/// <remarks>
/// Tables and scratch rows are made once; a call allocates nothing and runs on the caller's thread alone. <see cref="Prepare"/> and
/// <see cref="Finish"/> share no scratch: one thread may prepare the next frame while another finishes this one. Two calls of the
/// same method must not overlap. Every <see cref="SimdLevel"/> gives the same bits.
/// </remarks>
public sealed partial class PixelConverter
{
    private readonly FrameGeometry _geometry;

    /// <summary>Makes tables and scratch rows for a geometry.</summary>
    /// <param name="geometry">What goes where.</param>
    /// <param name="level">The widest vectors to use; null: <see cref="SimdLevels.Best"/>.</param>
    /// <exception cref="EdgeSimException">The machine has no vectors that wide.</exception>
    public PixelConverter(FrameGeometry geometry, SimdLevel? level = null)
    {
        _geometry = geometry;
        Level = level ?? SimdLevels.Best;
        if (Level > SimdLevels.Best)
        {
            throw new EdgeSimException(
                $"This machine has no {Level} units.",
                $"Its widest level is {SimdLevels.Best}; leave the choice to the program.",
                ExitCode.Missing);
        }
        if (geometry.IsOneToOne)
            return;
        PixelRectangle source = geometry.SourceRectangle;
        PixelRectangle network = geometry.NetworkRectangle;
        _toNetworkX = new ResampleAxis(source.Width, network.Width);
        _toNetworkY = new ResampleAxis(source.Height, network.Height);
        _toOutputX = new ResampleAxis(network.Width, source.Width);
        _toOutputY = new ResampleAxis(network.Height, source.Height);
        _blended = new float[4 * source.Width];
        _pixels = new float[4 * network.Width];
        _ring = new float[_toOutputY.Taps * 4 * source.Width];
    }

    /// <summary>What goes where.</summary>
    public FrameGeometry Geometry => _geometry;

    /// <summary>The widest vectors in use.</summary>
    public SimdLevel Level { get; }

    /// <summary>A frame to the network's input: (x − 127.5) / 127.5, within 1 ulp where pixels are copied one to one.</summary>
    /// <param name="bgra">The frame, bytes B, G, R, A, [SourceHeight, SourceWidth, 4]; alpha is ignored.</param>
    /// <param name="planes">The network's input, planes R, G, B in [−1, 1], [3, NetworkHeight, NetworkWidth]; written entirely.</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    public void Prepare(ReadOnlySpan<byte> bgra, Span<float> planes)
    {
        CheckLength(bgra.Length, _geometry.SourceBytes, nameof(bgra));
        CheckLength(planes.Length, _geometry.NetworkValues, nameof(planes));
        int plane = _geometry.NetworkWidth * _geometry.NetworkHeight;
        Span<float> red = planes[..plane];
        Span<float> green = planes.Slice(plane, plane);
        Span<float> blue = planes[(2 * plane)..];
        PixelRectangle source = _geometry.SourceRectangle;
        PixelRectangle network = _geometry.NetworkRectangle;
        if (!_geometry.IsOneToOne)
        {
            PrepareResampled(bgra, red, green, blue);
        }
        else if (source.Width == _geometry.SourceWidth && network.Width == _geometry.NetworkWidth)
        {
            // Whole rows on both sides, so the rows are one run of pixels.
            int at = network.Y * network.Width;
            int count = network.Width * network.Height;
            PixelKernels.ToPlanes(
                bgra[(4 * source.Y * source.Width)..], red.Slice(at, count), green.Slice(at, count), blue.Slice(at, count), Level);
        }
        else
        {
            for (int y = 0; y < network.Height; y++)
            {
                int at = NetworkOffset(y);
                PixelKernels.ToPlanes(
                    bgra.Slice(4 * SourceOffset(y), 4 * source.Width),
                    red.Slice(at, network.Width),
                    green.Slice(at, network.Width),
                    blue.Slice(at, network.Width),
                    Level);
            }
        }
        if (network.Width != _geometry.NetworkWidth || network.Height != _geometry.NetworkHeight)
        {
            RepeatEdges(red);
            RepeatEdges(green);
            RepeatEdges(blue);
        }
    }

    /// <summary>The network's output to a picture: (x + 1) · 127.5 rounded (halves up), clamped to 0..255, NaN as 0, alpha 255.</summary>
    /// <remarks>Values are clamped before they are resampled, so that an outlier does not spread.</remarks>
    /// <param name="planes">The network's output, planes R, G, B, [3, NetworkHeight, NetworkWidth].</param>
    /// <param name="bgra">The picture, bytes B, G, R, A, [OutputHeight, OutputWidth, 4]; written entirely.</param>
    /// <exception cref="ArgumentException">A length is not that of the geometry.</exception>
    public void Finish(ReadOnlySpan<float> planes, Span<byte> bgra)
    {
        CheckLength(planes.Length, _geometry.NetworkValues, nameof(planes));
        CheckLength(bgra.Length, _geometry.OutputBytes, nameof(bgra));
        int plane = _geometry.NetworkWidth * _geometry.NetworkHeight;
        ReadOnlySpan<float> red = planes[..plane];
        ReadOnlySpan<float> green = planes.Slice(plane, plane);
        ReadOnlySpan<float> blue = planes[(2 * plane)..];
        PixelRectangle network = _geometry.NetworkRectangle;
        if (!_geometry.IsOneToOne)
        {
            FinishResampled(red, green, blue, bgra);
        }
        else if (network.Width == _geometry.NetworkWidth)
        {
            int at = network.Y * network.Width;
            int count = network.Width * network.Height;
            PixelKernels.ToBytes(red.Slice(at, count), green.Slice(at, count), blue.Slice(at, count), bgra, Level);
        }
        else
        {
            for (int y = 0; y < network.Height; y++)
            {
                int at = NetworkOffset(y);
                PixelKernels.ToBytes(
                    red.Slice(at, network.Width),
                    green.Slice(at, network.Width),
                    blue.Slice(at, network.Width),
                    bgra.Slice(4 * y * network.Width, 4 * network.Width),
                    Level);
            }
        }
    }

    // The index of the first pixel of a row of the source rectangle, in pixels from the frame's first.
    private int SourceOffset(int row) => (_geometry.SourceRectangle.Y + row) * _geometry.SourceWidth + _geometry.SourceRectangle.X;

    // The same for the network rectangle.
    private int NetworkOffset(int row) => (_geometry.NetworkRectangle.Y + row) * _geometry.NetworkWidth + _geometry.NetworkRectangle.X;

    private void RepeatEdges<T>(Span<T> plane)
    {
        PixelRectangle active = _geometry.NetworkRectangle;
        int width = _geometry.NetworkWidth;
        for (int y = active.Y; y < active.Bottom; y++)
        {
            Span<T> row = plane.Slice(y * width, width);
            row[..active.X].Fill(row[active.X]);
            row[active.Right..].Fill(row[active.Right - 1]);
        }
        ReadOnlySpan<T> top = plane.Slice(active.Y * width, width);
        for (int y = 0; y < active.Y; y++)
            top.CopyTo(plane[(y * width)..]);
        ReadOnlySpan<T> bottom = plane.Slice((active.Bottom - 1) * width, width);
        for (int y = active.Bottom; y < _geometry.NetworkHeight; y++)
            bottom.CopyTo(plane[(y * width)..]);
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"The buffer holds {length} elements; the geometry asks for {expected}.", name);
    }
}
