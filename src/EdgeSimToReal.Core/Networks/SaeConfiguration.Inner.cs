namespace EdgeSimToReal.Core.Networks;

/// <content>The inner semantic branch of the label-consistent form (LC-SAE report, 3.1.1).</content>
public sealed partial record SaeConfiguration
{
    /// <summary>The inner branch predicts at 1/2^2 of the image's height and width.</summary>
    private const int InnerHalvings = 2;

    /// <summary>The image's pixels that one pixel of the inner semantic branch's prediction stands for, in each direction.</summary>
    public const int InnerStride = 1 << InnerHalvings;

    /// <summary>The inner branch's learnt ×2 up-samplings, first to last; each halves the channels.</summary>
    /// <exception cref="EdgeSimException">The structure code is finer than the prediction, or too narrow.</exception>
    public IReadOnlyList<SaeBlock> InnerBlocks
    {
        get
        {
            int count = Downsamplings - InnerHalvings;
            if (count < 0 || MidpointChannels >> count < 1)
            {
                throw new EdgeSimException(
                    $"A structure code at 1/{Stride} of {MidpointChannels} inner channels can't carry the inner branch.",
                    $"Use a structure code at 1/{InnerStride} or coarser, and wider networks.");
            }
            // Numbered like the reference's sequence: up-sampling, its activation, convolution.
            return [.. Enumerable.Range(0, count).Select(i =>
                new SaeBlock($"E.ToInnerSemantic.{3 * i}", MidpointChannels >> i, MidpointChannels >> (i + 1)))];
        }
    }

    /// <summary>Channels that enter the inner branch's 1×1 prediction.</summary>
    public int InnerFeatureChannels => InnerBlocks is [.., { } last] ? last.Output : MidpointChannels;

    /// <summary>The inner branch's parameters, keys with the prefix "E.ToInnerSemantic.", in the reference's order.</summary>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <exception cref="EdgeSimException">The networks can't carry the branch.</exception>
    public IReadOnlyList<ParameterShape> InnerSemanticParameters(int classes)
    {
        ParameterList list = new();
        IReadOnlyList<SaeBlock> blocks = InnerBlocks;
        for (int i = 0; i < blocks.Count; i++)
        {
            list.Add($"{blocks[i].Name}.weight", blocks[i].Input, blocks[i].Output, 2, 2);
            list.Add($"{blocks[i].Name}.bias", blocks[i].Output);
            list.Convolution($"E.ToInnerSemantic.{(3 * i) + 2}", blocks[i].Output, blocks[i].Output, 3);
        }
        list.Add($"E.ToInnerSemantic.{3 * blocks.Count}.Conv.weight", classes, InnerFeatureChannels, 1, 1);
        list.Add($"E.ToInnerSemantic.{3 * blocks.Count}.Conv.bias", classes);
        return list.Items;
    }
}
