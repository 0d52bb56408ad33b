using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Evaluation.Tests.Support;
using OpenCvSharp;

namespace EdgeSimToReal.Evaluation.Tests.Judging;

public class FidResizeTests
{
    private const int Side = FidResize.Side;

    [Theory]
    [InlineData(512, 256)]
    [InlineData(299, 299)]
    [InlineData(100, 317)]
    public void PytorchFid_IsBilinearWithoutAntialiasing(int width, int height)
    {
        Frame frame = Scenes.Noise(width, height, 1);
        float[] planes = Write(frame, FidPreprocessing.PytorchFid);
        for (int c = 0; c < 3; c++)
        {
            // OpenCV's linear resize of floats has the same definition as PyTorch's with align_corners = false.
            float[] channel = [.. Enumerable.Range(0, frame.PixelCount).Select(i => frame.Bgra[(4 * i) + 2 - c] / 255f)];
            using Mat source = Mat.FromPixelData(height, width, MatType.CV_32FC1, channel);
            using Mat expected = new();
            Cv2.Resize(source, expected, new Size(Side, Side), 0, 0, InterpolationFlags.Linear);
            for (int i = 0; i < Side * Side; i++)
                Assert.Equal((2 * expected.At<float>(i / Side, i % Side)) - 1, planes[(c * Side * Side) + i], 2e-5f);
        }
    }

    [Fact]
    public void CleanFid_AtHalfSize_HasPilsEightTaps()
    {
        // Keys' kernel with a = -1/2, stretched by 2, at distances 1/4, 3/4, 5/4 and 7/4 on both sides.
        double[] taps = [-0.01171875, -0.03515625, 0.11328125, 0.43359375, 0.43359375, 0.11328125, -0.03515625, -0.01171875];
        Frame frame = Scenes.Noise(2 * Side, 2 * Side, 1);
        float[] planes = Write(frame, FidPreprocessing.CleanFid);
        foreach ((int x, int y) in new[] { (2, 2), (17, 150), (150, 31), (296, 296) })
        {
            for (int c = 0; c < 3; c++)
            {
                double sum = 0;
                for (int j = 0; j < taps.Length; j++)
                {
                    for (int i = 0; i < taps.Length; i++)
                        sum += taps[j] * taps[i] * frame.Bgra[(4 * ((((2 * y) - 3 + j) * 2 * Side) + (2 * x) - 3 + i)) + 2 - c];
                }
                Assert.Equal((Math.Clamp(sum, 0, 255) - 128) / 128, planes[(((c * Side) + y) * Side) + x], 1e-5);
            }
        }
    }

    [Fact]
    public void CleanFid_AtTheSameSize_ChangesNothing_AndAtTheBorderWeightsSumToOne()
    {
        Frame frame = Scenes.Noise(Side, Side, 3), white = new(700, 433);
        float[] planes = Write(frame, FidPreprocessing.CleanFid);
        for (int i = 0; i < frame.PixelCount; i++)
            Assert.Equal((frame.Bgra[(4 * i) + 2] - 128f) / 128, planes[i], 1e-5f);
        white.Bgra.AsSpan().Fill(200);
        Assert.All(Write(white, FidPreprocessing.CleanFid), value => Assert.Equal(72f / 128, value, 1e-5f));
    }

    private static float[] Write(Frame frame, FidPreprocessing preprocessing)
    {
        float[] planes = new float[3 * Side * Side];
        FidResize.Write(frame, preprocessing, planes);
        return planes;
    }
}
