namespace EdgeSimToReal.Core.Networks;

/// <summary>Which segmentation network.</summary>
public enum SegmenterArchitecture
{
    /// <summary>DeepLabV3+ on MobileNetV2.</summary>
    DeepLabMobileNetV2,

    /// <summary>DeepLabV3+ on ResNet-50.</summary>
    DeepLabResNet50,

    /// <summary>A compact U-Net for small data sets.</summary>
    UNet,
}
