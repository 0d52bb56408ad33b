using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Tests.Support;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests.Textures;

public sealed class TextureEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelBundle _bundle;
    private readonly TextureEncoder _encoder;

    public TextureEncoderTests()
    {
        _bundle = TestModels.Bundle(_folder["bundle"]);
        _encoder = new TextureEncoder(_bundle, 1);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Code_IsThatOfTheExportedGraph()
    {
        Frame photo = TestModels.Frame(96, 64);
        float[] planes = new float[3 * 96 * 64];
        for (int i = 0; i < 96 * 64; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                planes[(channel * 96 * 64) + i] = (photo.Bgra[(4 * i) + 2 - channel] / 127.5f) - 1;
        }
        using OrtGraph graph = new(_bundle.Content(BundleRoles.TextureEncoder), "texture-reference");
        float[] expected = graph.Run(("image", [1, 3, 64, 96], planes));
        TextureCode code = _encoder.Encode(photo, "photo");
        Assert.Equal("photo", code.Name);
        Assert.True(GoldenTensor.RelativeL2(code.Values.Span, expected) < 1e-5);
    }

    [Theory]
    [InlineData(97, 71)]
    [InlineData(1, 1)]
    [InlineData(640, 3)]
    [InlineData(33, 500)]
    public void PhotoOfAnySize_GivesACode(int width, int height)
    {
        TextureCode code = _encoder.Encode(TestModels.Frame(width, height), "odd");
        Assert.Equal(24, code.Values.Length);
        Assert.Equal(1, code.Values.ToArray().Sum(value => (double)value * value), 1e-5);
    }

    [Fact]
    public void EnlargedPhoto_HasNearlyTheSameCode()
    {
        // Not the network but the way to it: a photo of the same picture at twice the size shows it the same.
        Frame small = new(96, 64), large = new(192, 128);
        for (int y = 0; y < 128; y++)
        {
            for (int x = 0; x < 192; x++)
            {
                for (int channel = 0; channel < 4; channel++)
                {
                    byte value = (byte)(128 + (100 * Math.Sin((x + (50 * channel)) / 40.0) * Math.Cos(y / 30.0)));
                    large.Bgra[(((y * 192) + x) * 4) + channel] = value;
                    small.Bgra[((((y / 2) * 96) + (x / 2)) * 4) + channel] = value;
                }
            }
        }
        TextureCode a = _encoder.Encode(small, "small"), b = _encoder.Encode(large, "large");
        TextureCode c = _encoder.Encode(TestModels.Frame(96, 64), "noise");
        double near = Distance(a, b), far = Distance(a, c);
        Assert.True(near < far / 4, $"{near} against {far}");

        static double Distance(TextureCode x, TextureCode y) => GoldenTensor.RelativeL2(x.Values.Span, y.Values.Span);
    }

    [Fact]
    public void CodeOfAnotherModel_IsRefusedByTheBaker() => Assert.Contains("has 23 values, and the model 'test' needs 24",
        Assert.Throws<EdgeSimException>(() => new StyleBaker(null).Bake(
            _bundle, new TextureCode(GoldenTensor.Create("x", 23, 1), "x"), new BakeOptions(64, 32))).Message);

    [Fact]
    public void PhotoThatIsNoImage_IsAClearError()
    {
        File.WriteAllText(_folder["photo.jpg"], "this is no image");
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => _encoder.Encode(ImageFile.Read(_folder["photo.jpg"]), "photo"));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains("photo.jpg", error.Message);
    }
}
