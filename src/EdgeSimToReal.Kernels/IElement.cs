namespace EdgeSimToReal.Kernels;

/// <summary>How a tensor's element is kept; a struct's methods, which the compiler inlines into the kernel.</summary>
/// <typeparam name="T">What is kept.</typeparam>
internal interface IElement<T>
    where T : unmanaged
{
    /// <summary>The value of an element.</summary>
    float Load(T element);

    /// <summary>The element nearest to a value.</summary>
    T Store(float value);
}
