namespace EdgeSimToReal.Core.Networks;

/// <summary>ResNet-50 (He et al. 2015, with the stride on the 3×3 convolution) without its classifier, as DeepLabV3+ uses it.</summary>
internal static class ResNet50
{
    private const int StemChannels = 64;
    private const int Expansion = 4;

    // Inner channels, blocks, stride of the first block.
    private static readonly (int Channels, int Blocks, int Stride)[] Groups = [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)];

    public static IReadOnlyList<int> StageChannels { get; } = [256, 512, 1024, 2048];

    public static IReadOnlyList<T> Backbone<T>(ISegmenterOperators<T> operators, T image, int outputStride)
    {
        List<T> stages = [];
        T x = operators.Part(() => operators.MaxPool("backbone.maxpool", operators.Convolution(
            new("backbone.conv1", "backbone.bn1", 3, StemChannels, 7, SegmenterActivation.Relu) { Stride = 2, Padding = 3 }, image)));
        (int input, int reached, int dilation) = (StemChannels, 4, 1);
        for (int group = 0; group < Groups.Length; group++)
        {
            (int channels, int blocks, int groupStride) = Groups[group];
            // Once the output stride is reached, a stride becomes dilation; a group's first block keeps the dilation before it.
            int firstDilation = dilation;
            (int stride, dilation) = reached < outputStride ? (groupStride, dilation) : (1, dilation * groupStride);
            reached *= stride;
            for (int i = 0; i < blocks; i++, input = channels * Expansion)
            {
                (T before, int inputs) = (x, input);
                string name = $"backbone.layer{group + 1}.{i}";
                (int blockStride, int blockDilation) = i == 0 ? (stride, firstDilation) : (1, dilation);
                x = operators.Part(() => Block(operators, before, name, inputs, channels, blockStride, blockDilation));
            }
            stages.Add(x);
        }
        return stages;
    }

    private static T Block<T>(ISegmenterOperators<T> operators, T x, string name, int input, int channels, int stride, int dilation)
    {
        int output = channels * Expansion;
        T y = operators.Convolution(new($"{name}.conv1", $"{name}.bn1", input, channels, 1, SegmenterActivation.Relu), x);
        y = operators.Convolution(new($"{name}.conv2", $"{name}.bn2", channels, channels, 3, SegmenterActivation.Relu)
        {
            Stride = stride,
            Dilation = dilation,
            Padding = dilation,
        }, y);
        y = operators.Convolution(new($"{name}.conv3", $"{name}.bn3", channels, output, 1), y);
        T skip = input == output ? x
            : operators.Convolution(new($"{name}.downsample.0", $"{name}.downsample.1", input, output, 1) { Stride = stride }, x);
        return operators.Add($"{name}.sum", y, skip, SegmenterActivation.Relu);
    }
}
