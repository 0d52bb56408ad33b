using System.Collections.Concurrent;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Training.Data;

/// <summary>Keeps decoded images in memory, the first ones that fit; safe to use from several threads.</summary>
/// <param name="capacity">Bytes.</param>
internal sealed class ImageCache(long capacity)
{
    private readonly ConcurrentDictionary<TrainingItem, DecodedImage> _images = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    /// <summary>Bytes held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The image, from memory or read now.</summary>
    /// <param name="item">Which one.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="frame">Memory for reading.</param>
    public DecodedImage Get(TrainingItem item, ImageReader reader, Frame frame)
    {
        if (_images.TryGetValue(item, out DecodedImage? image))
            return image;
        image = reader.Read(item, frame);
        if (Interlocked.Add(ref _bytes, image.Bytes) > capacity || !_images.TryAdd(item, image))
            Interlocked.Add(ref _bytes, -image.Bytes);
        return image;
    }
}
