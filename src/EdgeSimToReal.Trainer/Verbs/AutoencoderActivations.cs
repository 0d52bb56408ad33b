using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.Trainer.Verbs;

/// <summary>
/// Counts the values that encoder, generator and discriminators keep for their backward passes, per image: what each convolution,
/// blur and activation puts out, at its resolution.
/// </summary>
internal static class AutoencoderActivations
{
    public static double Encoder(SaeConfiguration network, double pixels)
    {
        double values = Pyramid(network.EncoderBlocks, network.EncoderWidth(0), ref pixels);
        return values + (2 * pixels * network.MidpointChannels) + Pyramid(network.TextureBlocks, 0, ref pixels);
    }

    public static double Generator(SaeConfiguration network, double pixels)
    {
        double at = pixels / (network.Stride * network.Stride), values = 0;
        // A modulated convolution keeps its modulated input, its result, and what noise and activation make of it.
        foreach (SaeBlock block in network.HeadBlocks)
            values += at * ((2 * block.Input) + (6 * block.Output));
        foreach (SaeBlock block in network.UpsamplingBlocks)
        {
            values += at * 2 * block.Input;
            at *= 4;
            values += at * 8 * block.Output; // the filter and the skip path besides
        }
        return values + (at * 3);
    }

    public static double Image(ImageDiscriminatorConfiguration network, double pixels) =>
        Pyramid(network.Blocks, network.FirstWidth, ref pixels) + (2 * pixels * network.FinalWidth);

    public static double Patch(PatchDiscriminatorConfiguration network)
    {
        double pixels = (double)network.PatchSize * network.PatchSize;
        return Pyramid(network.Blocks, network.FirstWidth, ref pixels) + (4 * pixels * network.FeatureChannels);
    }

    // Residual blocks that halve each side: two convolutions with their activations and a blur, a blurred skip path, a sum.
    private static double Pyramid(IReadOnlyList<SaeBlock> blocks, int first, ref double pixels)
    {
        double values = pixels * (3 + (2 * first));
        foreach (SaeBlock block in blocks)
        {
            values += pixels * 3 * block.Input;
            pixels /= 4;
            values += pixels * (block.Input + (4 * block.Output));
        }
        return values;
    }
}
