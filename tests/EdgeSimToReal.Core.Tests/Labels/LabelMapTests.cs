using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Tests.Labels;

public sealed class LabelMapTests
{
    [Fact]
    public void Shares_ByHand()
    {
        byte[] labels =
        [
            0, 0, 1, 1, 255, 7,
            0, 1, 1, 1, 2, 255,
        ];
        float[] map = Filled();
        LabelMap.Fill(labels, 6, 2, 2, map);
        Assert.Equal([0.75f, 0, 0, 0.25f, 1, 0, 0, 0, 0.25f], map);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void EachShare_IsTheCellsCount_AndLabelledCellsSumToOne(int stride)
    {
        const int classes = 5, columns = 7, rows = 3;
        (int width, int height) = (columns * stride, rows * stride);
        Random random = new(stride);
        byte[] labels = [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(classes))];
        float[] map = new float[classes * rows * columns];
        LabelMap.Fill(labels, width, height, stride, map);
        for (int c = 0; c < classes; c++)
        {
            for (int i = 0; i < rows * columns; i++)
            {
                int count = Enumerable.Range(0, labels.Length).Count(p => labels[p] == c
                    && p / width / stride == i / columns && p % width / stride == i % columns);
                Assert.Equal((float)count / (stride * stride), map[(c * rows * columns) + i]);
            }
        }
        for (int i = 0; i < rows * columns; i++)
            Assert.Equal(1, Enumerable.Range(0, classes).Sum(c => map[(c * rows * columns) + i]), 1e-6);
    }

    [Theory]
    [InlineData(12, 6, 2, 2, 8)] // shares that make no whole number of classes
    [InlineData(11, 6, 2, 2, 9)] // too few labels
    [InlineData(12, 6, 2, 4, 9)] // cells beyond the image
    [InlineData(12, 4, 3, 2, 9)]
    [InlineData(12, 6, 2, 0, 9)]
    public void SizesThatDoNotFit_AreRefused(int labels, int width, int height, int stride, int map) =>
        Assert.ThrowsAny<ArgumentException>(() => LabelMap.Fill(new byte[labels], width, height, stride, new float[map]));

    private static float[] Filled() => [.. Enumerable.Repeat(float.NaN, 9)];
}
