using EdgeSimToReal.Training.Lcsae;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Lcsae;

public sealed class TeacherAugmentationTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();

    public TeacherAugmentationTests() => manual_seed(11);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ACut_KeepsImageAndLabelsInRegister()
    {
        // Each pixel's colour is its label.
        Tensor labels = randint(200, [2, 64, 96], ScalarType.Byte), images = labels.unsqueeze(1).expand(-1, 3, -1, -1).to(ScalarType.Float32);
        bool smaller = false;
        for (int i = 0; i < 20; i++)
        {
            (Tensor x, Tensor y) = new TeacherAugmentation { Crop = 0.3 }.Apply(images, labels, new Random(i));
            Assert.True(x.eq(y.unsqueeze(1)).all().item<bool>());
            Assert.Equal((0, 0), (y.shape[1] % 16, y.shape[2] % 16));
            Assert.True(y.shape[1] >= 16 && y.shape[2] >= 16);
            smaller |= y.shape[1] < 64 && y.shape[2] < 96;
        }
        Assert.True(smaller);
    }

    [Fact]
    public void NoStrength_ChangesNothing_AndEveryStrengthChangesSomething()
    {
        Tensor images = rand([2, 3, 32, 32]), labels = zeros([2, 32, 32], ScalarType.Byte);
        Assert.False(TeacherAugmentation.None.IsActive);
        Assert.True(Same(TeacherAugmentation.None));
        foreach (TeacherAugmentation one in new TeacherAugmentation[] { new() { Blur = 2 }, new() { Grain = 0.1 }, new() { Colour = 0.3 } })
        {
            Assert.True(one.IsActive);
            Assert.False(Same(one));
        }

        bool Same(TeacherAugmentation augmentation) =>
            augmentation.Apply(images, labels, new Random(1)).Images.equal(images).all().item<bool>();
    }

    [Fact]
    public void Blur_KeepsAFlatImage_AndLowersContrast()
    {
        Tensor labels = zeros([1, 32, 32], ScalarType.Byte), flat = full([1, 3, 32, 32], 0.4), noisy = randn([1, 3, 32, 32]);
        TeacherAugmentation blur = new() { Blur = 3 };
        Assert.True(blur.Apply(flat, labels, new Random(2)).Images.allclose(flat, atol: 1e-5));
        Assert.True(blur.Apply(noisy, labels, new Random(2)).Images.std().item<float>() < noisy.std().item<float>());
    }

    [Fact]
    public void TheGradient_ReachesTheImage_AndTheSeedDecidesAll()
    {
        Tensor image = rand([1, 3, 32, 48]).requires_grad_(), labels = zeros([1, 32, 48], ScalarType.Byte);
        manual_seed(3);
        Tensor first = TeacherAugmentation.Moderate.Apply(image, labels, new Random(4)).Images;
        first.sum().backward();
        Assert.True(image.grad!.abs().sum().item<float>() > 0);
        manual_seed(3);
        Assert.True(first.equal(TeacherAugmentation.Moderate.Apply(image, labels, new Random(4)).Images).all().item<bool>());
    }
}
