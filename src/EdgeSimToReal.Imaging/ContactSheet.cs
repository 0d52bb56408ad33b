using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using OpenCvSharp;

namespace EdgeSimToReal.Imaging;

/// <summary>A grid of pictures with captions, such as rows of simulator and translation for each texture.</summary>
/// <remarks>Pictures are letterboxed into their cells when they are added, so frames may be reused at once.</remarks>
public sealed class ContactSheet
{
    private const int Gap = 6;
    private const int CaptionHeight = 22;
    private readonly List<Row> _rows = [];
    private readonly int _cellWidth;
    private readonly int _cellHeight;

    /// <summary>Creates an empty sheet.</summary>
    /// <param name="cellWidth">Pixels of a cell's picture.</param>
    /// <param name="cellHeight">Pixels of a cell's picture.</param>
    public ContactSheet(int cellWidth = 512, int cellHeight = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cellWidth, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(cellHeight, 16);
        (_cellWidth, _cellHeight) = (cellWidth, cellHeight);
    }

    /// <summary>Begins a row.</summary>
    /// <param name="title">A line above the row; empty for none.</param>
    public void BeginRow(string title = "") => _rows.Add(new Row(title, []));

    /// <summary>Adds a picture to the last row (the first begins by itself).</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="caption">A line below it; empty for none. ASCII.</param>
    public void Add(Frame frame, string caption = "")
    {
        if (_rows.Count == 0)
            BeginRow();
        Frame cell = new(_cellWidth, _cellHeight);
        FrameResize.Letterbox(frame, cell);
        _rows[^1].Cells.Add(new Cell(cell, caption));
    }

    /// <summary>Draws the sheet and writes it, atomically.</summary>
    /// <param name="path">The .png (or .jpg) file to create or replace.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    /// <exception cref="InvalidOperationException">The sheet is empty.</exception>
    public void Write(string path)
    {
        int columns = _rows.Select(row => row.Cells.Count).DefaultIfEmpty().Max();
        if (columns == 0)
            throw new InvalidOperationException("The contact sheet holds no picture.");
        OpenCvRuntime.Require();
        int width = Gap + (columns * (_cellWidth + Gap));
        int height = Gap + _rows.Sum(row => HeightOf(row));
        using Mat sheet = new(height, width, MatType.CV_8UC3, new Scalar(24, 24, 24));
        int y = Gap;
        foreach (Row row in _rows)
        {
            Draw(sheet, row, y, width);
            y += HeightOf(row);
        }
        ImageFile.Write(path, sheet);
    }

    private void Draw(Mat sheet, Row row, int y, int width)
    {
        if (row.Title.Length > 0)
        {
            TextDrawer.Draw(sheet, row.Title, new Rect(Gap, y, width - (2 * Gap), CaptionHeight), new Scalar(255, 255, 255));
            y += CaptionHeight;
        }
        int x = Gap;
        foreach (Cell cell in row.Cells)
        {
            using (Mat picture = cell.Picture.AsMat())
            using (Mat place = sheet[new Rect(x, y, _cellWidth, _cellHeight)])
                Cv2.CvtColor(picture, place, ColorConversionCodes.BGRA2BGR);
            TextDrawer.Draw(sheet, cell.Caption, new Rect(x, y + _cellHeight, _cellWidth, CaptionHeight), new Scalar(200, 200, 200));
            x += _cellWidth + Gap;
        }
    }

    private int HeightOf(Row row) => (row.Title.Length > 0 ? CaptionHeight : 0) + _cellHeight
        + (row.Cells.Exists(cell => cell.Caption.Length > 0) ? CaptionHeight : 0) + Gap;

    private sealed record Row(string Title, List<Cell> Cells);

    private sealed record Cell(Frame Picture, string Caption);
}
