namespace EdgeSimToReal.Core.Networks;

/// <summary>What follows from the configuration: the network's wiring, layers and parameters.</summary>
public sealed partial record SegmenterConfiguration
{
    /// <summary>
    /// Runs the backbone: four maps, from fine to coarse, no coarser than the output stride. DeepLab: at 1/4, 1/8, 1/16, 1/16; U-Net:
    /// at 1/2, 1/4, 1/8, 1/16, or at twice that size for output stride 8.
    /// </summary>
    /// <typeparam name="T">A value of the operators.</typeparam>
    /// <param name="operators">How to compute.</param>
    /// <param name="image">The normalised image, [N, 3, H, W].</param>
    public IReadOnlyList<T> Backbone<T>(ISegmenterOperators<T> operators, T image) => Architecture switch
    {
        SegmenterArchitecture.DeepLabMobileNetV2 => MobileNetV2.Backbone(operators, image, OutputStride),
        SegmenterArchitecture.DeepLabResNet50 => ResNet50.Backbone(operators, image, OutputStride),
        _ => UNet.Backbone(operators, image, Width, OutputStride),
    };

    /// <summary>Runs the head.</summary>
    /// <typeparam name="T">A value of the operators.</typeparam>
    /// <param name="operators">How to compute.</param>
    /// <param name="stages">What <see cref="Backbone"/> gave.</param>
    /// <param name="image">The image, for its size.</param>
    /// <returns>Logits [N, classes, H, W].</returns>
    public T Head<T>(ISegmenterOperators<T> operators, IReadOnlyList<T> stages, T image) => Architecture switch
    {
        SegmenterArchitecture.DeepLabMobileNetV2 or SegmenterArchitecture.DeepLabResNet50 =>
            DeepLabHead.Run(operators, stages, StageChannels, image, Classes, OutputStride),
        _ => UNet.Head(operators, stages, image, Width, Classes),
    };

    /// <summary>Channels of the backbone's four maps.</summary>
    public IReadOnlyList<int> StageChannels => Architecture switch
    {
        SegmenterArchitecture.DeepLabMobileNetV2 => MobileNetV2.StageChannels,
        SegmenterArchitecture.DeepLabResNet50 => ResNet50.StageChannels,
        _ => UNet.StageChannels(Width),
    };

    /// <summary>All layers, in the order of their execution.</summary>
    public IReadOnlyList<SegmenterLayer> Layers()
    {
        SegmenterLayerList list = new();
        Head(list, Backbone(list, 3), 3);
        return list.Layers;
    }

    /// <summary>Parameters and running statistics ("….running_mean", "….running_var") with the reference's keys.</summary>
    public IReadOnlyList<ParameterShape> Tensors() => [.. Layers().SelectMany(layer => layer.Tensors())];
}
