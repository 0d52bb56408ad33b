using System.Runtime.InteropServices;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>The arguments of PrepareSingle, PrepareHalf, FinishSingle and FinishHalf, in order.</summary>
/// <param name="Source">What is resampled.</param>
/// <param name="SourceWidth">Elements from row to row of it.</param>
/// <param name="Columns">The first source column of each target column.</param>
/// <param name="ColumnWeights">The weights of the columns from there.</param>
/// <param name="ColumnTaps">Source columns per target column.</param>
/// <param name="Rows">The first source row of each target row.</param>
/// <param name="RowWeights">The weights of the rows from there.</param>
/// <param name="RowTaps">Source rows per target row.</param>
/// <param name="Target">The result.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ResampleArguments(DeviceView Source, int SourceWidth, DeviceView Columns, DeviceView ColumnWeights,
    int ColumnTaps, DeviceView Rows, DeviceView RowWeights, int RowTaps, DeviceView Target);
