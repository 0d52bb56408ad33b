using EdgeSimToReal.Carla.Streams;
using FsCheck.Xunit;

namespace EdgeSimToReal.Carla.Tests.Streams;

public class TagExtractorTests
{
    [Property]
    public void Extract_AnySize_TakesTheRedBytes(ushort seed, byte count)
    {
        byte[] bgra = new byte[count * 4];
        new Random(seed).NextBytes(bgra);
        byte[] tags = new byte[count];
        TagExtractor.Extract(bgra, tags);
        Assert.Equal(Enumerable.Range(0, count).Select(i => bgra[(i * 4) + 2]), tags);
    }
}
