namespace EdgeSimToReal.Core.Weights.Torch;

/// <summary>The functions and classes of Python that a checkpoint may call; each stands for an inert value made here.</summary>
internal enum PickleGlobal
{
    /// <summary>collections.OrderedDict.</summary>
    OrderedDictionary,

    /// <summary>torch._utils._rebuild_tensor_v2.</summary>
    RebuildTensor,

    /// <summary>torch._utils._rebuild_parameter.</summary>
    RebuildParameter,

    /// <summary>numpy.dtype.</summary>
    NumpyType,

    /// <summary>numpy.core.multiarray.scalar: a score that was computed with NumPy and stored beside the tensors.</summary>
    NumpyScalar,

    /// <summary>_codecs.encode: how protocol 2 writes the bytes of a NumPy scalar.</summary>
    Encode,
}
