namespace EdgeSimToReal.Core.Networks;

/// <content>
/// The structure pyramid, an addition to the paper: beside the deep structure code, finer levels carry edges and layout, so that the
/// generator need not invent anew what the frame shows; and local colour transforms, which recolour the frame itself.
/// </content>
public sealed partial record SaeConfiguration
{
    /// <summary>Metadata key of <see cref="PyramidChannels"/>; absent without a pyramid.</summary>
    public const string PyramidChannelsKey = "pyramid_channels";

    /// <summary>Metadata key of <see cref="ColourLevel"/>; absent without colour transforms.</summary>
    public const string ColourLevelKey = "colour_level";

    /// <summary>Coefficients of a colour transform: three rows of red, green, blue and a constant.</summary>
    public const int ColourCoefficients = 12;

    /// <summary>
    /// Channels of each level of the structure pyramid, 0 … 64; 0: none, as in the paper. Level i, at 1/2^i of the image's sides,
    /// i = 0 … <see cref="Downsamplings"/> - 1, is a 1×1 projection of the encoder's map of that size, standardised over space for each
    /// channel, so that it holds neither colour nor contrast of the whole frame.
    /// </summary>
    public int PyramidChannels { get; init; }

    /// <summary>
    /// The level at which the generator predicts affine colour transforms, 0 … <see cref="Downsamplings"/> - 1; 0: none, as in the paper.
    /// At 1/2^level of the image's sides it predicts 3×4 matrices, which are interpolated bilinearly and applied to the standardised
    /// frame; the last layer, ToRGB, then adds what a transform can't express.
    /// </summary>
    public int ColourLevel { get; init; }

    /// <summary>The encoder's projections to the pyramid's levels, finest first; empty without a pyramid.</summary>
    public IReadOnlyList<SaeBlock> PyramidBlocks => PyramidChannels == 0 ? [] : [.. Enumerable.Range(0, Downsamplings).Select(i =>
        new SaeBlock($"E.ToPyramid.{i}", EncoderWidth(i), PyramidChannels))];

    /// <summary>The level of the pyramid that an up-sampling block takes: that of its output.</summary>
    /// <param name="index">The block's place in <see cref="UpsamplingBlocks"/>, 0 … <see cref="Downsamplings"/> - 1.</param>
    public int PyramidLevel(int index) => Downsamplings - 1 - index;

    /// <summary>Channels that enter the layer of the colour transforms, ToColour.</summary>
    public int ColourFeatureChannels => GeneratorWidth(Downsamplings - ColourLevel);
}
