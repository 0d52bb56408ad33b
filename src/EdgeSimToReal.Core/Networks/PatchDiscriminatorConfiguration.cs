using System.Globalization;
using System.Numerics;

namespace EdgeSimToReal.Core.Networks;

/// <summary>Sizes of the co-occurrence patch discriminator.</summary>
public sealed record PatchDiscriminatorConfiguration
{
    /// <summary>Height and width of a patch's features.</summary>
    public const int FeatureSize = 2;

    private const int ReferenceExponent = 6; // blocks are numbered from patches of 2^6 = 64 pixels
    private const int FinalSize = 4; // pixels at which halving ends
    private const int WidthTimesSize = 1024; // for capacity 1

    /// <summary>The paper's discriminator: 128×128 patches, 24,522,145 parameters.</summary>
    public static PatchDiscriminatorConfiguration Full { get; } = new();

    /// <summary>Height and width of a patch, a power of two from 8 to 1024.</summary>
    public int PatchSize { get; init; } = 128;

    /// <summary>Factor on the widths, above 0, at most 64; the paper's is 4.</summary>
    public double Capacity { get; init; } = 4;

    /// <summary>The convolutions' largest width (but for one inner layer of twice that), 1 … 4096.</summary>
    public int MaxChannels { get; init; } = 384;

    /// <summary>Width of the head's first two layers, even, 2 … 8192; its third has half of it.</summary>
    public int HeadWidth { get; init; } = 2048;

    /// <summary>Channels of the first layer.</summary>
    public int FirstWidth => Width(PatchSize);

    /// <summary>The halving residual blocks, first to last; for patches above 64 the first ones are named by their size.</summary>
    public IReadOnlyList<SaeBlock> Blocks => [.. Enumerable.Range(0, Halvings).Select(i =>
    {
        int exponent = Exponent - i;
        string name = exponent <= ReferenceExponent ? $"{ReferenceExponent + 1 - exponent}" : $"{1 << exponent}x{1 << exponent}";
        return new SaeBlock($"Dpatch.convs.{name}", Width(1 << exponent), Width(1 << (exponent - 1)));
    })];

    /// <summary>The residual block after them, which keeps the size.</summary>
    public SaeBlock WideBlock => new("Dpatch.convs.5", FeatureChannels, 2 * FeatureChannels);

    /// <summary>Channels of a patch's features [N, C, 2, 2].</summary>
    public int FeatureChannels => Width(FinalSize);

    /// <summary>Widths of the head on a pair of patches, from its input to its output of 1.</summary>
    public IReadOnlyList<int> HeadWidths => [2 * FeatureChannels * FeatureSize * FeatureSize, HeadWidth, HeadWidth, HeadWidth / 2, 1];

    private int Exponent => BitOperations.Log2((uint)PatchSize);

    private int Halvings => Exponent - 2;

    /// <summary>The parameters, keys with the prefix "Dpatch.", in the reference's order. FIR kernels are no parameters.</summary>
    public IReadOnlyList<ParameterShape> Parameters()
    {
        ParameterList list = new();
        list.Convolution("Dpatch.convs.0", 3, FirstWidth, 3);
        foreach (SaeBlock block in Blocks)
            list.ResidualBlock(block);
        list.ResidualBlock(WideBlock);
        list.Convolution("Dpatch.convs.6", WideBlock.Output, FeatureChannels, 3);
        for (int i = 0; i + 1 < HeadWidths.Count; i++)
            list.Linear($"Dpatch.pairlinear.{i}", HeadWidths[i], HeadWidths[i + 1]);
        return list.Items;
    }

    /// <summary>Checks all values' ranges.</summary>
    /// <exception cref="EdgeSimException">A value is out of its range.</exception>
    public void Validate()
    {
        if (PatchSize is < 8 or > 1024 || !BitOperations.IsPow2(PatchSize))
        {
            throw new EdgeSimException($"The patch discriminator can't take patches of {PatchSize} pixels.",
                "Use a power of two from 8 to 1024.");
        }
        if (MaxChannels is < 1 or > 4096)
            throw new EdgeSimException($"The patch discriminator's greatest width is {MaxChannels}.", "Use a value from 1 to 4096.");
        if (HeadWidth is < 2 or > 8192 || HeadWidth % 2 != 0)
            throw new EdgeSimException($"The patch discriminator's head is {HeadWidth} wide.", "Use an even value from 2 to 8192.");
        if (Capacity is not (> 0 and <= 64) || FirstWidth < 1)
        {
            throw new EdgeSimException($"The patch discriminator's capacity is {Capacity.ToString(CultureInfo.InvariantCulture)}.",
                "Use a value above 0, at most 64, that leaves at least one channel.");
        }
    }

    /// <summary>Channels at a size of 2^n pixels.</summary>
    private int Width(int size) => Math.Min(MaxChannels, (int)(Capacity * WidthTimesSize / size));
}
