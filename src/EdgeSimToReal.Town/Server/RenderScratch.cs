namespace EdgeSimToReal.Town.Server;

/// <summary>Buffers of one view that are not messages themselves; taken once, when first needed.</summary>
internal sealed class RenderScratch
{
    private byte[] _tags = [];
    private float[] _depth = [];
    private ushort[] _instances = [];
    private float[] _flow = [];

    public byte[] Tags(int pixels) => Sized(ref _tags, pixels);

    public float[] Depth(int pixels) => Sized(ref _depth, pixels);

    public ushort[] Instances(int pixels) => Sized(ref _instances, pixels);

    /// <summary>Two numbers a pixel.</summary>
    public float[] Flow(int pixels) => Sized(ref _flow, pixels * 2);

    private static T[] Sized<T>(ref T[] buffer, int length)
    {
        if (buffer.Length != length)
            buffer = new T[length];
        return buffer;
    }
}
