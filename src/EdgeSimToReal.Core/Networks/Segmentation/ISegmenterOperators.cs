namespace EdgeSimToReal.Core.Networks;

/// <summary>
/// What segmenters are made of. <see cref="SegmenterConfiguration"/> wires a network once, in terms of these operators; TorchSharp, the
/// ONNX exporter and the list of parameters are implementations, so that they can't disagree.
/// </summary>
/// <typeparam name="T">A value [N, C, H, W]: a tensor, or the name of one.</typeparam>
public interface ISegmenterOperators<T>
{
    /// <summary>Convolution, batch normalisation, activation.</summary>
    /// <param name="layer">Sizes and keys.</param>
    /// <param name="x">[N, input, H, W].</param>
    T Convolution(SegmenterLayer layer, T x);

    /// <summary>Greatest value of 3×3 at stride 2, padded by 1.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    T MaxPool(string name, T x);

    /// <summary>Mean over height and width, [N, C, 1, 1].</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    T GlobalMean(string name, T x);

    /// <summary>Bilinear resize with half-pixel centres (PyTorch's align_corners = false).</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="x">[N, C, h, w].</param>
    /// <param name="like">A value of the wanted height and width.</param>
    T Resize(string name, T x, T like);

    /// <summary>Values one after the other along the channels.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="values">Values of one height and width.</param>
    T Concatenate(string name, params T[] values);

    /// <summary>a + b; implementations may overwrite <paramref name="a"/>.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="a">The output of a layer without activation, used nowhere else.</param>
    /// <param name="b">A value of the same shape.</param>
    /// <param name="activation">What follows.</param>
    T Add(string name, T a, T b, SegmenterActivation activation);

    /// <summary>In training, zeroes single values at random and scales the others up; else nothing.</summary>
    /// <param name="name">The operation's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="rate">The share that is zeroed.</param>
    T Dropout(string name, T x, double rate);

    /// <summary>Runs a part of the network of which only the result is needed further on.</summary>
    /// <param name="part">The part.</param>
    T Part(Func<T> part) => part();
}
