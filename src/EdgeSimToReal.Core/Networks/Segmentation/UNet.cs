namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// A compact U-Net (after Ronneberger et al. 2015): four stages of two 3×3 convolutions, the last one dilated for a wide view, and a
/// decoder that joins them from coarse to fine.
/// </summary>
internal static class UNet
{
    private const int StageCount = 4;
    private const double DropoutRate = 0.1;

    public static IReadOnlyList<int> StageChannels(int width) => [.. Enumerable.Range(0, StageCount).Select(stage => width << stage)];

    public static IReadOnlyList<T> Backbone<T>(ISegmenterOperators<T> operators, T image, int width, int outputStride)
    {
        List<T> stages = [];
        (T x, int input) = (image, 3);
        for (int stage = 0; stage < StageCount; stage++)
        {
            (T before, int inputs, int channels, string name) = (x, input, width << stage, $"backbone.stage{stage}");
            int stride = stage == 0 && outputStride == 8 ? 1 : 2;
            bool last = stage == StageCount - 1;
            x = operators.Part(() =>
            {
                T y = Layer(operators, $"{name}.0", inputs, channels, before, stride: stride);
                y = Layer(operators, $"{name}.1", channels, channels, y, last ? 2 : 1);
                return last ? Layer(operators, $"{name}.2", channels, channels, y, 4) : y;
            });
            stages.Add(x);
            input = channels;
        }
        return stages;
    }

    public static T Head<T>(ISegmenterOperators<T> operators, IReadOnlyList<T> stages, T image, int width, int classes)
    {
        T logits = operators.Part(() =>
        {
            T x = operators.Dropout("classifier.dropout", stages[^1], DropoutRate);
            for (int stage = StageCount - 2; stage >= 0; stage--)
            {
                (T deep, T skip, int channels, string name) = (x, stages[stage], width << stage, $"classifier.stage{stage}");
                x = operators.Part(() =>
                {
                    // Narrowed before it is enlarged: a quarter of the work.
                    T up = operators.Convolution(
                        new($"{name}.reduce.0", $"{name}.reduce.1", 2 * channels, channels, 1, SegmenterActivation.Relu), deep);
                    up = operators.Resize($"{name}.resize", up, skip);
                    return Layer(operators, $"{name}.join", 2 * channels, channels,
                        operators.Concatenate($"{name}.concatenate", skip, up));
                });
            }
            return operators.Convolution(new("classifier.predict", null, width, classes, 1), x);
        });
        return operators.Resize("classifier.resize", logits, image);
    }

    private static T Layer<T>(
        ISegmenterOperators<T> operators, string name, int input, int output, T x, int dilation = 1, int stride = 1) =>
        operators.Convolution(new($"{name}.0", $"{name}.1", input, output, 3, SegmenterActivation.Relu)
        {
            Stride = stride,
            Dilation = dilation,
            Padding = dilation,
        }, x);
}
