using System.Globalization;

namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// Sizes of the image discriminator (StyleGAN2's residual one, without minibatch statistics). Its last layer is linear, so the size of
/// the images it judges is fixed.
/// </summary>
public sealed record ImageDiscriminatorConfiguration
{
    private const int FinalSize = 4; // pixels at which halving ends, for crops of 2^n
    private const int ReferenceExponent = 8; // blocks are numbered from crops of 2^8 = 256 pixels
    private const int FirstScaledSize = 16;
    private const int MaxScaledWidth = 1024; // before the capacity factor
    private const int WidthTimesSize = 32_768; // 128 channels at 256 pixels, for capacity 1

    /// <summary>The paper's discriminator: 256×256 crops, 28,859,521 parameters.</summary>
    public static ImageDiscriminatorConfiguration Full { get; } = new();

    /// <summary>The images' height, 8 … 4096, a multiple of 2^<see cref="Halvings"/>.</summary>
    public int CropHeight { get; init; } = 256;

    /// <summary>The images' width, 8 … 4096, a multiple of 2^<see cref="Halvings"/>.</summary>
    public int CropWidth { get; init; } = 256;

    /// <summary>Factor on the widths from 16 pixels upwards, above 0, at most 8.</summary>
    public double Capacity { get; init; } = 1;

    /// <summary>The greatest width, which layers below 16 pixels have, 1 … 4096.</summary>
    public int MaxChannels { get; init; } = 512;

    /// <summary>
    /// Residual blocks, each halving height and width: round(log₂ of the shorter side) - 2, so that about 4 pixels remain.
    /// </summary>
    public int Halvings => Exponent - 2;

    /// <summary>Features that enter the first linear layer.</summary>
    public int FinalFeatures => Width(FinalSize) * (CropHeight >> Halvings) * (CropWidth >> Halvings);

    /// <summary>Channels of the last convolution and of the first linear layer.</summary>
    public int FinalWidth => Width(FinalSize);

    /// <summary>Channels of the first layer.</summary>
    public int FirstWidth => Width(1 << Exponent);

    /// <summary>The residual blocks, first to last; where the crop is larger than 256 the first ones are named by their size.</summary>
    public IReadOnlyList<SaeBlock> Blocks => [.. Enumerable.Range(0, Halvings).Select(i =>
    {
        int exponent = Exponent - i;
        string name = exponent <= ReferenceExponent ? $"{ReferenceExponent + 1 - exponent}" : $"{1 << exponent}x{1 << exponent}";
        return new SaeBlock($"D.stylegan2_D.convs.{name}", Width(1 << exponent), Width(1 << (exponent - 1)));
    })];

    private int Exponent => (int)Math.Round(Math.Log2(Math.Min(CropHeight, CropWidth)));

    /// <summary>The parameters, keys with the prefix "D.", in the reference's order. FIR kernels are no parameters.</summary>
    public IReadOnlyList<ParameterShape> Parameters()
    {
        ParameterList list = new();
        list.Convolution("D.stylegan2_D.convs.0", 3, FirstWidth, 1);
        foreach (SaeBlock block in Blocks)
            list.ResidualBlock(block);
        list.Convolution("D.stylegan2_D.final_conv", FinalWidth, FinalWidth, 3);
        list.Linear("D.stylegan2_D.final_linear.0", FinalFeatures, FinalWidth);
        list.Linear("D.stylegan2_D.final_linear.1", FinalWidth, 1);
        return list.Items;
    }

    /// <summary>Checks all values' ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!Suits(CropHeight) || !Suits(CropWidth))
        {
            throw new EdgeSimException($"The image discriminator can't take crops of {CropWidth}×{CropHeight} pixels.",
                "Use sides from 8 to 4096 that halve without remainder down to about 4, e.g. 128, 192 or 256.");
        }
        if (MaxChannels is < 1 or > 4096)
            throw new EdgeSimException($"The image discriminator's greatest width is {MaxChannels}.", "Use a value from 1 to 4096.");
        if (Capacity is not (> 0 and <= 8) || FirstWidth < 1)
        {
            throw new EdgeSimException($"The image discriminator's capacity is {Capacity.ToString(CultureInfo.InvariantCulture)}.",
                "Use a value above 0, at most 8, that leaves at least one channel.");
        }
    }

    private bool Suits(int side) => side is >= 8 and <= 4096 && side % (1 << Halvings) == 0;

    /// <summary>Channels at a size of 2^n pixels; the deepest ones don't depend on the capacity.</summary>
    private int Width(int size)
    {
        double width = size < FirstScaledSize ? MaxChannels : Capacity * Math.Min(MaxScaledWidth, WidthTimesSize / size);
        return Math.Min(MaxChannels, (int)width);
    }
}
