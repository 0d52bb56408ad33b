using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Kernels.Tests;

/// <summary>A device that runs the kernels on arrays: what the suite is written against.</summary>
internal interface IKernelDevice : IDisposable
{
    /// <summary>PrepareSingle.</summary>
    float[] PrepareSingle(FrameGeometry geometry, byte[] frame);

    /// <summary>PrepareHalf; bits.</summary>
    ushort[] PrepareHalf(FrameGeometry geometry, byte[] frame);

    /// <summary>FinishSingle.</summary>
    byte[] FinishSingle(FrameGeometry geometry, float[] planes);

    /// <summary>FinishHalf.</summary>
    byte[] FinishHalf(FrameGeometry geometry, ushort[] planes);

    /// <summary>Remap.</summary>
    byte[] Remap(byte[] source, byte[] table);

    /// <summary>ArgMaxSingle.</summary>
    byte[] ArgMaxSingle(float[] scores, int classes);

    /// <summary>ArgMaxHalf.</summary>
    byte[] ArgMaxHalf(ushort[] scores, int classes);

    /// <summary>Confusion, added to what the counts hold.</summary>
    int[] Confusion(byte[] truth, byte[] prediction, int classes, int[] counts);

    /// <summary>Overlay.</summary>
    byte[] Overlay(byte[] picture, byte[] ids, uint[] colours, int opacity);

    /// <summary>Classify.</summary>
    (byte[] Best, float[] LogSum) Classify(float[] logits, int classes);

    /// <summary>MarkChanges.</summary>
    byte[] MarkChanges(byte[] labels, int width, PixelRectangle picture, int reach);

    /// <summary>Likelihood, added to what the sums hold, [places, 3].</summary>
    long[] Likelihood(byte[] labels, byte[] marks, int width, int reach, int classes, int move, float[] logits, float[] logSum, long[] sums);

    /// <summary>ObjectCells, [objects, cells, 3].</summary>
    float[] ObjectCells(byte[] labels, int width, int side, int classes, byte[] objects, float[] logits, float[] logSum);
}
