namespace EdgeSimToReal.Core.Networks;

/// <content>What a frame costs.</content>
public sealed partial record SaeConfiguration
{
    /// <summary>
    /// Multiply-accumulates of one live frame: structure encoder and generator with the texture frozen, FIR filters included.
    /// Transposed convolutions count their products with real pixels only.
    /// </summary>
    /// <param name="height">The picture's height.</param>
    /// <param name="width">The picture's width.</param>
    public long LiveMultiplyAccumulates(int height, int width) => LiveLayers(height, width).Sum(layer => layer.MultiplyAccumulates);

    /// <summary>The layers of one live frame, likewise.</summary>
    /// <param name="height">The picture's height.</param>
    /// <param name="width">The picture's width.</param>
    public IReadOnlyList<LiveLayer> LiveLayers(int height, int width)
    {
        List<LiveLayer> layers = [];
        double pixels = (double)height * width;
        Add(pixels, 3, EncoderWidth(0), 1);
        foreach (SaeBlock block in EncoderBlocks)
        {
            if (PyramidChannels > 0)
                Add(pixels, block.Input, PyramidChannels, 1);
            Add(pixels, block.Input, block.Input, 9);
            Add(pixels, 1, block.Input, 9); // blur of the main path
            pixels /= 4;
            Add(pixels, block.Input, block.Output, 9);
            Add(pixels, 1, block.Input, 9); // blur of the skip path
            Add(pixels, block.Input, block.Output, 1);
        }
        Add(pixels, MidpointChannels, MidpointChannels, 1);
        Add(pixels, MidpointChannels, StructureChannels, 1);
        foreach (SaeBlock block in HeadBlocks)
        {
            Add(pixels, block.Input, block.Output, 9);
            Add(pixels, block.Output, block.Output, 9);
            Add(pixels, block.Input, block.Output, 1);
        }
        foreach (SaeBlock block in UpsamplingBlocks)
        {
            Add(pixels, block.Input, block.Output, 9); // transposed, at the lower resolution
            if (block.ChangesWidth)
                Add(pixels, block.Input, block.Output, 1);
            pixels *= 4;
            Add(pixels, 1, block.Output, 16); // FIR filter
            if (PyramidChannels > 0)
                Add(pixels, PyramidChannels, block.Output, 1);
            Add(pixels, block.Output, block.Output, 9);
        }
        if (ColourLevel > 0)
        {
            Add(pixels / (1L << (2 * ColourLevel)), ColourFeatureChannels, ColourCoefficients, 1);
            Add(pixels, 1, ColourCoefficients, 1); // the transforms applied
        }
        Add(pixels, ImageFeatureChannels, 3, 1);
        return layers;

        void Add(double positions, int input, int output, int taps) => layers.Add(new LiveLayer(positions, input, output, taps));
    }
}
