namespace EdgeSimToReal.Core.Networks;

/// <summary>MobileNetV2 (Sandler et al. 2018) without its last 1×1 convolution, as DeepLabV3+ uses it.</summary>
/// <remarks>
/// The border differs from ImageNet classifiers': the stem is not padded, and each block pads its input with zeros before the expansion,
/// so that its depthwise convolution sees ReLU6 of the batch normalisation's shift there. A padded 1×1 convolution does just that.
/// </remarks>
internal static class MobileNetV2
{
    private const int StemChannels = 32;
    private const int FirstHighIndex = 4; // blocks before it are "low_level_features"

    // Expansion, channels, blocks, stride of the first block.
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Groups =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private static readonly int[] StageEnds = [3, 6, 13, 17];

    public static IReadOnlyList<int> StageChannels { get; } = [24, 32, 96, 320];

    public static IReadOnlyList<T> Backbone<T>(ISegmenterOperators<T> operators, T image, int outputStride)
    {
        List<T> stages = [];
        T x = operators.Convolution(new("backbone.low_level_features.0.0", "backbone.low_level_features.0.1", 3, StemChannels, 3,
            SegmenterActivation.Relu6)
        { Stride = 2 }, image);
        (int input, int index, int reached, int dilation) = (StemChannels, 1, 2, 1);
        foreach ((int expansion, int channels, int blocks, int groupStride) in Groups)
        {
            // Once the output stride is reached, a stride becomes dilation; a group's first block keeps the dilation before it.
            int firstDilation = dilation;
            (int stride, dilation) = reached < outputStride ? (groupStride, dilation) : (1, dilation * groupStride);
            reached *= stride;
            for (int i = 0; i < blocks; i++, index++, input = channels)
            {
                (T before, int inputs, int at) = (x, input, index);
                (int blockStride, int blockDilation) = i == 0 ? (stride, firstDilation) : (1, dilation);
                x = operators.Part(() => Block(operators, before, at, inputs, channels, expansion, blockStride, blockDilation));
                if (StageEnds.Contains(index))
                    stages.Add(x);
            }
        }
        return stages;
    }

    private static T Block<T>(
        ISegmenterOperators<T> operators, T x, int index, int input, int output, int expansion, int stride, int dilation)
    {
        string name = $"backbone.{(index < FirstHighIndex ? "low" : "high")}_level_features.{index}.conv";
        int hidden = input * expansion, next = 0;
        T y = x;
        if (expansion > 1)
        {
            y = operators.Convolution(
                new($"{name}.0.0", $"{name}.0.1", input, hidden, 1, SegmenterActivation.Relu6) { Padding = dilation }, y);
            next = 1;
        }
        y = operators.Convolution(new($"{name}.{next}.0", $"{name}.{next}.1", hidden, hidden, 3, SegmenterActivation.Relu6)
        {
            Stride = stride,
            Dilation = dilation,
            Padding = expansion > 1 ? 0 : dilation,
            Groups = hidden,
        }, y);
        y = operators.Convolution(new($"{name}.{next + 1}", $"{name}.{next + 2}", hidden, output, 1), y);
        return stride == 1 && input == output ? operators.Add($"{name}.sum", y, x, SegmenterActivation.None) : y;
    }
}
