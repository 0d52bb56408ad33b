namespace EdgeSimToReal.Core.Networks;

/// <summary>What follows from the sizes: widths, blocks, noise layers, parameters.</summary>
public sealed partial record SaeConfiguration
{
    private const int EncoderBaseWidth = 32;
    private const int GeneratorBaseWidth = 128;
    private const int GeneratorMaxWidth = 512; // before the capacity factor
    private const int TextureLayerCount = 2;

    /// <summary>The encoder's residual blocks, each halving height and width, first to last.</summary>
    public IReadOnlyList<SaeBlock> EncoderBlocks => [.. Enumerable.Range(0, Downsamplings).Select(i =>
        new SaeBlock($"E.DownToSpatialCode.ResBlockDownBy{1 << i}", EncoderWidth(i), EncoderWidth(i + 1)))];

    /// <summary>The texture head's strided convolutions, 3×3, stride 2, no padding.</summary>
    public IReadOnlyList<SaeBlock> TextureBlocks => [.. Enumerable.Range(Downsamplings, TextureLayerCount).Select(i =>
        new SaeBlock($"E.DownToGlobalCode.ConvLayerDownBy{1 << i}", EncoderWidth(i), EncoderWidth(i + 1)))];

    /// <summary>Channels of the encoder's deepest map, from which both heads start.</summary>
    public int MidpointChannels => EncoderWidth(Downsamplings);

    /// <summary>Channels that enter the texture head's last, linear layer.</summary>
    public int TextureFeatureChannels => EncoderWidth(Downsamplings + TextureLayerCount);

    /// <summary>The generator's two residual blocks at the structure code's size; the first one also takes the label map.</summary>
    public IReadOnlyList<SaeBlock> HeadBlocks
    {
        get
        {
            int full = GeneratorWidth(0), half = (int)(GeneratorCapacity * GeneratorMaxWidth / 2);
            return
            [
                new SaeBlock("G.HeadResnetBlock0", StructureChannels + LabelClasses, half),
                new SaeBlock("G.HeadResnetBlock1", half, full),
            ];
        }
    }

    /// <summary>The generator's up-sampling blocks; the reference names them 16·2^j whatever the image's size.</summary>
    public IReadOnlyList<SaeBlock> UpsamplingBlocks => [.. Enumerable.Range(0, Downsamplings).Select(j =>
        new SaeBlock($"G.UpsamplingResBlock{16 << j}", GeneratorWidth(j), GeneratorWidth(j + 1)))];

    /// <summary>Channels that enter the last layer, ToRGB.</summary>
    public int ImageFeatureChannels => GeneratorWidth(Downsamplings);

    /// <summary>All noise injections, in the order of their execution.</summary>
    public IReadOnlyList<SaeNoiseLayer> NoiseLayers =>
    [
        .. HeadBlocks.SelectMany(block => Noises(block, 1)),
        .. UpsamplingBlocks.SelectMany((block, j) => Noises(block, 2 << j)),
    ];

    /// <summary>The encoder's width after i halvings: min(texture channels, round(capacity · 32 · 2^i)), ties to even.</summary>
    /// <param name="index">Halvings, from 0.</param>
    public int EncoderWidth(int index) =>
        Math.Min(TextureChannels, (int)Math.Round(EncoderCapacity * EncoderBaseWidth * (1 << index), MidpointRounding.ToEven));

    /// <summary>The generator's width after j doublings: ⌊min(512, 128 · 2^(n - j)) · capacity⌋, n = <see cref="Downsamplings"/>.</summary>
    /// <remarks>Rounded down, unlike the encoder's: only so the reference's 1024-pixel faces network has its 19.91M parameters.</remarks>
    /// <param name="index">Doublings, 0 … n.</param>
    public int GeneratorWidth(int index) =>
        (int)(GeneratorCapacity * Math.Min(GeneratorMaxWidth, GeneratorBaseWidth << (Downsamplings - index)));

    /// <summary>The encoder's parameters, keys with the prefix "E.", in the reference's order. FIR kernels are no parameters.</summary>
    public IReadOnlyList<ParameterShape> EncoderParameters()
    {
        ParameterList list = new();
        list.Convolution("E.FromRGB", 3, EncoderWidth(0), 1);
        foreach (SaeBlock block in EncoderBlocks)
            list.ResidualBlock(block);
        list.Convolution("E.ToSpatialCode.0", MidpointChannels, MidpointChannels, 1);
        list.Add("E.ToSpatialCode.1.Conv.weight", StructureChannels, MidpointChannels, 1, 1);
        list.Add("E.ToSpatialCode.1.Conv.bias", StructureChannels);
        foreach (SaeBlock level in PyramidBlocks)
            list.Add($"{level.Name}.Conv.weight", level.Output, level.Input, 1, 1);
        foreach (SaeBlock block in TextureBlocks)
            list.Convolution(block.Name, block.Input, block.Output, 3);
        list.Linear("E.ToGlobalCode.0", TextureFeatureChannels, TextureChannels);
        return list.Items;
    }

    /// <summary>The generator's parameters, keys with the prefix "G.", in the reference's order.</summary>
    public IReadOnlyList<ParameterShape> GeneratorParameters()
    {
        List<ParameterShape> list = [];
        foreach (string name in new[] { "scale", "bias" })
        {
            Add($"G.SpatialCodeModulation.{name}.weight", StructureChannels, TextureChannels);
            Add($"G.SpatialCodeModulation.{name}.bias", StructureChannels);
        }
        foreach (SaeBlock block in HeadBlocks)
        {
            Styled(block);
            Add($"{block.Name}.skip.Conv.weight", block.Output, block.Input, 1, 1);
        }
        foreach (SaeBlock block in UpsamplingBlocks)
        {
            Styled(block);
            if (block.ChangesWidth)
            {
                Add($"{block.Name}.skip.Conv.weight", block.Output, block.Input, 1, 1);
                Add($"{block.Name}.skip.Act.bias", block.Output);
            }
            if (PyramidChannels > 0)
                Add($"{block.Name}.lateral.Conv.weight", block.Output, PyramidChannels, 1, 1);
        }
        if (ColourLevel > 0)
        {
            Add("G.ToColour.bias", 1, ColourCoefficients, 1, 1);
            Modulated("G.ToColour.conv", ColourFeatureChannels, ColourCoefficients, 1);
        }
        Add("G.ToRGB.bias", 1, 3, 1, 1);
        Modulated("G.ToRGB.conv", ImageFeatureChannels, 3, 1);
        return list;

        void Add(string name, params int[] shape) => list.Add(new ParameterShape(name, shape));

        void Modulated(string name, int input, int output, int size)
        {
            Add($"{name}.weight", 1, output, input, size, size);
            Add($"{name}.modulation.weight", input, TextureChannels);
            Add($"{name}.modulation.bias", input);
        }

        void Styled(SaeBlock block)
        {
            foreach ((string name, int input) in new[] { ("conv1", block.Input), ("conv2", block.Output) })
            {
                Modulated($"{block.Name}.{name}.conv", input, block.Output, 3);
                Add($"{block.Name}.{name}.noise.weight", 1);
                Add($"{block.Name}.{name}.activate.bias", block.Output);
            }
        }
    }

    private static IEnumerable<SaeNoiseLayer> Noises(SaeBlock block, int scale) =>
        [new SaeNoiseLayer($"{block.Name}.conv1.noise", scale), new SaeNoiseLayer($"{block.Name}.conv2.noise", scale)];
}
