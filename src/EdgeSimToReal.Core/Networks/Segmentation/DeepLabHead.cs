namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// DeepLabV3+'s head (Chen et al. 2018) with one 3×3 convolution after the concatenation, as in the common PyTorch implementation whose
/// keys it has (the paper has two).
/// </summary>
internal static class DeepLabHead
{
    private const int Channels = 256;
    private const int LowLevelChannels = 48;
    private const double DropoutRate = 0.1;

    // Dilations of the three 3×3 branches at output stride 16; twice as much at 8.
    private static readonly int[] Dilations = [6, 12, 18];

    public static T Run<T>(ISegmenterOperators<T> operators, IReadOnlyList<T> stages, IReadOnlyList<int> stageChannels, T image,
        int classes, int outputStride)
    {
        T logits = operators.Part(() =>
        {
            T low = Layer(operators, "classifier.project", stageChannels[0], LowLevelChannels, 1, stages[0]);
            T pyramid = operators.Part(() => Pyramid(operators, stages[^1], stageChannels[^1], outputStride));
            pyramid = operators.Resize("classifier.aspp.resize", pyramid, low);
            T x = operators.Concatenate("classifier.concatenate", low, pyramid);
            x = Layer(operators, "classifier.classifier", LowLevelChannels + Channels, Channels, 3, x);
            return operators.Convolution(new("classifier.classifier.3", null, Channels, classes, 1), x);
        });
        return operators.Resize("classifier.resize", logits, image);
    }

    /// <summary>Atrous spatial pyramid pooling.</summary>
    private static T Pyramid<T>(ISegmenterOperators<T> operators, T x, int input, int outputStride)
    {
        List<T> branches = [Layer(operators, "classifier.aspp.convs.0", input, Channels, 1, x)];
        for (int i = 0; i < Dilations.Length; i++)
        {
            branches.Add(Layer(operators, $"classifier.aspp.convs.{i + 1}", input, Channels, 3, x, Dilations[i] * 16 / outputStride));
        }
        T mean = operators.GlobalMean("classifier.aspp.convs.4.0", x);
        mean = operators.Convolution(
            new("classifier.aspp.convs.4.1", "classifier.aspp.convs.4.2", input, Channels, 1, SegmenterActivation.Relu), mean);
        branches.Add(operators.Resize("classifier.aspp.convs.4.resize", mean, x));
        T all = operators.Concatenate("classifier.aspp.concatenate", [.. branches]);
        all = Layer(operators, "classifier.aspp.project", Channels * branches.Count, Channels, 1, all);
        return operators.Dropout("classifier.aspp.project.3", all, DropoutRate);
    }

    private static T Layer<T>(ISegmenterOperators<T> operators, string name, int input, int output, int size, T x, int dilation = 1) =>
        operators.Convolution(new($"{name}.0", $"{name}.1", input, output, size, SegmenterActivation.Relu)
        {
            Dilation = dilation,
            Padding = size / 2 * dilation,
        }, x);
}
