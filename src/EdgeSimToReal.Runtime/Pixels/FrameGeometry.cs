using EdgeSimToReal.Core;

namespace EdgeSimToReal.Runtime.Pixels;

/// <summary>Which part of a frame goes where in the network's input, and back.</summary>
/// <remarks>
/// <see cref="SourceRectangle"/> of the frame is resampled onto <see cref="NetworkRectangle"/> of the network's input, edges onto
/// edges, and the result is resampled back to the size of <see cref="SourceRectangle"/>: the output has one pixel per source pixel,
/// so the simulator's tags stay true for the translated picture.
/// </remarks>
public sealed class FrameGeometry
{
    /// <summary>The network's sides are multiples of this: four halvings.</summary>
    public const int SideMultiple = 16;

    /// <summary>The longest side that is accepted, for frames and for the network: keeps every buffer length below 2³¹.</summary>
    public const int MaximumSide = 16384;

    private FrameGeometry(
        (int Width, int Height) frame, (int Width, int Height) input, FitPolicy policy, PixelRectangle source, PixelRectangle network)
    {
        (SourceWidth, SourceHeight) = frame;
        (NetworkWidth, NetworkHeight) = input;
        Policy = policy;
        SourceRectangle = source;
        NetworkRectangle = network;
    }

    /// <summary>The frame's width in pixels.</summary>
    public int SourceWidth { get; }

    /// <summary>The frame's height in pixels.</summary>
    public int SourceHeight { get; }

    /// <summary>The width of the network's input and output in pixels.</summary>
    public int NetworkWidth { get; }

    /// <summary>The height of the network's input and output in pixels.</summary>
    public int NetworkHeight { get; }

    /// <summary>How the frame is brought to the network's size.</summary>
    public FitPolicy Policy { get; }

    /// <summary>The part of the frame that is translated: all of it, except with <see cref="FitPolicy.Crop"/>.</summary>
    public PixelRectangle SourceRectangle { get; }

    /// <summary>The part of the network's input that shows the frame: all of it, except with <see cref="FitPolicy.Letterbox"/>.</summary>
    public PixelRectangle NetworkRectangle { get; }

    /// <summary>The translated picture's width in pixels: that of <see cref="SourceRectangle"/>.</summary>
    public int OutputWidth => SourceRectangle.Width;

    /// <summary>The translated picture's height in pixels: that of <see cref="SourceRectangle"/>.</summary>
    public int OutputHeight => SourceRectangle.Height;

    /// <summary>Whether pixels are copied one to one (perhaps with a cut or a repeated edge), so that nothing is resampled.</summary>
    public bool IsOneToOne => SourceRectangle.Width == NetworkRectangle.Width && SourceRectangle.Height == NetworkRectangle.Height;

    /// <summary>The bytes of a frame, [SourceHeight, SourceWidth, 4].</summary>
    public int SourceBytes => SourceWidth * SourceHeight * 4;

    /// <summary>The values of the network's input and output, [3, NetworkHeight, NetworkWidth].</summary>
    public int NetworkValues => 3 * NetworkHeight * NetworkWidth;

    /// <summary>The bytes of the translated picture, [OutputHeight, OutputWidth, 4].</summary>
    public int OutputBytes => OutputWidth * OutputHeight * 4;

    /// <summary>Plans the way of a frame through the network.</summary>
    /// <param name="sourceWidth">The frame's width in pixels, 1..<see cref="MaximumSide"/>.</param>
    /// <param name="sourceHeight">The frame's height in pixels, 1..<see cref="MaximumSide"/>.</param>
    /// <param name="networkWidth">The network's width: a multiple of <see cref="SideMultiple"/>.</param>
    /// <param name="networkHeight">The network's height: a multiple of <see cref="SideMultiple"/>.</param>
    /// <param name="policy">How the frame is brought to the network's size.</param>
    /// <exception cref="EdgeSimException">A size does not work, or <see cref="FitPolicy.Exact"/> meets a frame of another size.</exception>
    public static FrameGeometry Create(int sourceWidth, int sourceHeight, int networkWidth, int networkHeight, FitPolicy policy)
    {
        CheckNetworkSize(networkWidth, networkHeight);
        if (sourceWidth is < 1 or > MaximumSide || sourceHeight is < 1 or > MaximumSide)
        {
            throw new EdgeSimException(
                $"A frame of {sourceWidth}x{sourceHeight} can't be translated.", $"Send frames with sides of 1 to {MaximumSide} pixels.");
        }
        PixelRectangle source = new(0, 0, sourceWidth, sourceHeight);
        PixelRectangle network = new(0, 0, networkWidth, networkHeight);
        switch (policy)
        {
            case FitPolicy.Exact:
                if (source != network)
                    throw NotExact(sourceWidth, sourceHeight, networkWidth, networkHeight);
                break;
            case FitPolicy.Letterbox:
                network = Inscribe(sourceWidth, sourceHeight, networkWidth, networkHeight);
                break;
            case FitPolicy.Crop:
                source = Inscribe(networkWidth, networkHeight, sourceWidth, sourceHeight);
                break;
            case FitPolicy.Stretch:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(policy), policy, "Not a fit policy.");
        }
        return new FrameGeometry((sourceWidth, sourceHeight), (networkWidth, networkHeight), policy, source, network);
    }

    /// <summary>Checks that the network can run at a size.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="EdgeSimException">It can't; the message names the next sizes that work.</exception>
    public static void CheckNetworkSize(int width, int height)
    {
        if (IsNetworkSide(width) && IsNetworkSide(height))
            return;
        (int lowerWidth, int lowerHeight) = (RoundDown(width), RoundDown(height));
        (int upperWidth, int upperHeight) = (RoundUp(width), RoundUp(height));
        string lower = $"{lowerWidth}x{lowerHeight}";
        string upper = $"{upperWidth}x{upperHeight}";
        throw new EdgeSimException(
            $"The network can't run at {width}x{height}: both sides must be multiples of {SideMultiple}, at most {MaximumSide}.",
            lower == upper ? $"The nearest size that works is {lower}." : $"The next sizes that work are {lower} and {upper}.");
    }

    /// <summary>The next side at or above the given one that the network can run at.</summary>
    /// <param name="side">Pixels.</param>
    /// <remarks>A 1920x1080 frame letterboxed into 1920x1088 is padded and not resampled.</remarks>
    public static int RoundUp(int side) => (Math.Clamp(side, 1, MaximumSide) + SideMultiple - 1) / SideMultiple * SideMultiple;

    /// <summary>The next side at or below the given one that the network can run at.</summary>
    /// <param name="side">Pixels.</param>
    public static int RoundDown(int side) => Math.Clamp(side, SideMultiple, MaximumSide) / SideMultiple * SideMultiple;

    /// <summary>Where a point of the frame lies in the network's input; (0, 0) is the outer corner of the first pixel.</summary>
    /// <param name="x">Across, in the frame.</param>
    /// <param name="y">Down, in the frame.</param>
    public (double X, double Y) SourceToNetwork(double x, double y) => (
        NetworkRectangle.X + (x - SourceRectangle.X) * NetworkRectangle.Width / SourceRectangle.Width,
        NetworkRectangle.Y + (y - SourceRectangle.Y) * NetworkRectangle.Height / SourceRectangle.Height);

    /// <summary>Where a point of the network's output lies in the frame; (0, 0) is the outer corner of the first pixel.</summary>
    /// <param name="x">Across, in the network's output.</param>
    /// <param name="y">Down, in the network's output.</param>
    public (double X, double Y) NetworkToSource(double x, double y) => (
        SourceRectangle.X + (x - NetworkRectangle.X) * SourceRectangle.Width / NetworkRectangle.Width,
        SourceRectangle.Y + (y - NetworkRectangle.Y) * SourceRectangle.Height / NetworkRectangle.Height);

    /// <summary>The tables of the network's input: for each of its columns and rows, which of the frame's it is made of.</summary>
    internal (ResampleAxis Columns, ResampleAxis Rows) PrepareAxes() => (
        new ResampleAxis(SourceRectangle.Width, NetworkRectangle.Width).Place(SourceRectangle.X, NetworkRectangle.X, NetworkWidth),
        new ResampleAxis(SourceRectangle.Height, NetworkRectangle.Height).Place(SourceRectangle.Y, NetworkRectangle.Y, NetworkHeight));

    /// <summary>The tables of the translated picture: for each of its columns and rows, which of the network's it is made of.</summary>
    internal (ResampleAxis Columns, ResampleAxis Rows) FinishAxes() => (
        new ResampleAxis(NetworkRectangle.Width, SourceRectangle.Width).Place(NetworkRectangle.X, 0, OutputWidth),
        new ResampleAxis(NetworkRectangle.Height, SourceRectangle.Height).Place(NetworkRectangle.Y, 0, OutputHeight));

    /// <summary>The plan in one line, for logs and reports.</summary>
    public override string ToString() =>
        $"{Policy}: {SourceRectangle} of {SourceWidth}x{SourceHeight} to {NetworkRectangle} of {NetworkWidth}x{NetworkHeight}";

    private static bool IsNetworkSide(int side) => side is >= SideMultiple and <= MaximumSide && side % SideMultiple == 0;

    // The largest centred rectangle of the given aspect in a frame of width x height. The side that does not fill the frame is
    // rounded, so that side's scale is off by half a pixel at most.
    private static PixelRectangle Inscribe(int aspectWidth, int aspectHeight, int width, int height)
    {
        int innerWidth = width;
        int innerHeight = height;
        if ((long)width * aspectHeight <= (long)height * aspectWidth)
            innerHeight = Math.Clamp(DivideRounded((long)width * aspectHeight, aspectWidth), 1, height);
        else
            innerWidth = Math.Clamp(DivideRounded((long)height * aspectWidth, aspectHeight), 1, width);
        return new PixelRectangle((width - innerWidth) / 2, (height - innerHeight) / 2, innerWidth, innerHeight);
    }

    private static int DivideRounded(long numerator, long denominator) => (int)((2 * numerator + denominator) / (2 * denominator));

    private static EdgeSimException NotExact(int sourceWidth, int sourceHeight, int networkWidth, int networkHeight)
    {
        string fits = IsNetworkSide(sourceWidth) && IsNetworkSide(sourceHeight)
            ? $"run the network at {sourceWidth}x{sourceHeight}"
            : $"run the network at {RoundUp(sourceWidth)}x{RoundUp(sourceHeight)} with letterbox (padded, not resampled)";
        return new EdgeSimException(
            $"The frame is {sourceWidth}x{sourceHeight}, but the network runs at {networkWidth}x{networkHeight} and the fit is exact.",
            $"Set the camera to {networkWidth}x{networkHeight}, {fits}, or choose letterbox, crop or stretch.");
    }
}
