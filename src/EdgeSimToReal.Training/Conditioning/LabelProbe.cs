using EdgeSimToReal.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Conditioning;

/// <summary>
/// A small network that learns to read from a generator's pictures which labels the generator was fed, by any means: the reader that
/// finds what <see cref="LabelLeak"/> asks for.
/// </summary>
/// <remarks>
/// It is trained on labels of other frames than the pictures', so nothing but the generator's use of them tells the classes. It sees a
/// picture's finest detail also enlarged, since a code of a few grey levels would else take it long to find.
/// </remarks>
public sealed class LabelProbe : nn.Module<Tensor, Tensor>
{
    private const int Channels = 16;
    private const int BatchSize = 6;
    private const double LearningRate = 4e-3;
    private const double FineGain = 32; // four grey levels become 1

    private readonly Conv2d _first = nn.Conv2d(6, Channels, 3, padding: 1);
    private readonly Conv2d _second = nn.Conv2d(Channels, Channels, 3, stride: 2, padding: 1);
    private readonly Conv2d _prediction;
    private readonly int _stride;

    private LabelProbe(int classes, int stride)
        : base(nameof(LabelProbe))
    {
        _prediction = nn.Conv2d(Channels, classes, 1);
        _stride = stride;
        RegisterComponents();
    }

    /// <summary>Trains a probe on a generator's pictures; sets torch's global seed.</summary>
    /// <param name="translate">The generator, as <see cref="LabelLeak.Measure"/> takes it.</param>
    /// <param name="images">[N, 3, H, W], at least two frames of different content; not those to be measured on.</param>
    /// <param name="labels">Their labels in the generator's label space, uint8 [N, H, W].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="stride">Image pixels of a cell in each direction, an even number.</param>
    /// <param name="steps">Steps of six frames.</param>
    /// <param name="seed">Same seed, same probe.</param>
    public static LabelProbe Train(Func<Tensor, Tensor, Tensor> translate, Tensor images, Tensor labels, int classes, int stride,
        int steps, long seed)
    {
        manual_seed(seed);
        LabelProbe probe = new(classes, stride);
        probe.to(images.device);
        using optim.Optimizer optimizer = optim.Adam(probe.parameters(), LearningRate);
        for (int step = 0; step < steps; step++)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor pictures, target;
            using (no_grad())
            {
                Tensor order = randperm(images.shape[0], device: images.device);
                long count = Math.Min(BatchSize, order.shape[0]);
                Tensor some = order.narrow(0, 0, count), others = order.roll(1, 0).narrow(0, 0, count);
                Tensor map = LabelMaps.FromLabels(labels[others], classes, stride);
                pictures = LabelLeak.Delivered(translate(images[some], map));
                target = LabelLeak.MajorityClass(map);
            }
            using IDisposable gradients = enable_grad();
            Tensor loss = nn.functional.cross_entropy(probe.forward(pictures), target, ignore_index: -1);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        return probe;
    }

    /// <summary>Pictures [N, 3, H, W] to class scores [N, K, h, w].</summary>
    /// <param name="pictures">In [-1, 1].</param>
    public override Tensor forward(Tensor pictures)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = cat([pictures, (pictures - LabelLeak.Coarse(pictures)) * FineGain], 1);
        x = nn.functional.leaky_relu(_first.forward(x), 0.2);
        x = nn.functional.leaky_relu(_second.forward(x), 0.2);
        return _prediction.forward(nn.functional.avg_pool2d(x, _stride / 2)).MoveToOuterDisposeScope();
    }

    /// <summary>The class of each cell, int64 [N, h, w]: a reader for <see cref="LabelLeak.Measure"/>.</summary>
    /// <param name="pictures">[N, 3, H, W] in [-1, 1].</param>
    public Tensor Read(Tensor pictures)
    {
        using Tensor scores = forward(pictures);
        return scores.argmax(1);
    }
}
