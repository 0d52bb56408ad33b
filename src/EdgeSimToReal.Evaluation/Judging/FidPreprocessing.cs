namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>How images become the input of FID's Inception network; figures of different kinds can't be compared.</summary>
public enum FidPreprocessing
{
    /// <summary>pytorch-fid: bilinear to 299×299 without anti-aliasing, then 2v - 1 of [0, 1].</summary>
    PytorchFid,

    /// <summary>clean-fid: PIL's anti-aliased bicubic to 299×299 in floats, then (v - 128) / 128 of 0..255.</summary>
    CleanFid,
}
