using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Judging;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Live;

namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>
/// The layout of the LC-SAE report's figure 4.2, a column for each structure, from top to bottom: simulator's picture, baseline's and our
/// translation, true labels, and what the judge reads in the baseline's and in our translation.
/// </summary>
public sealed class ComparisonFigure
{
    private const int WidestPanel = 512;

    private readonly Judge _judge;
    private readonly List<Frame>[] _rows = [[], [], [], [], [], []];

    /// <summary>Begins an empty figure.</summary>
    /// <param name="judge">Who reads the translations; its label space gives the colours.</param>
    public ComparisonFigure(Judge judge) => _judge = judge;

    /// <summary>Adds a structure with translations of two models.</summary>
    /// <param name="structure">A simulator's frame with tags.</param>
    /// <param name="baseline">The baseline.</param>
    /// <param name="ours">Our model.</param>
    /// <exception cref="EdgeSimException">The tags can't be mapped to the judge's label space.</exception>
    public void Add(Frame structure, LiveTranslator baseline, LiveTranslator ours)
    {
        Frame theirs = Copy(baseline.Translate(structure, out Frame fitted)), mine = Copy(ours.Translate(structure, out _));
        Add(Copy(fitted), theirs, mine, _judge.Truth(fitted), _judge.Segment(theirs), _judge.Segment(mine));
    }

    /// <summary>Adds a column of panels that are kept as they are.</summary>
    /// <param name="source">The simulator's picture.</param>
    /// <param name="baseline">The baseline's translation.</param>
    /// <param name="ours">Our translation.</param>
    /// <param name="truth">True classes of the judge's label space, one a pixel of the source.</param>
    /// <param name="readOfBaseline">The judge's classes, one a pixel of the baseline's translation.</param>
    /// <param name="readOfOurs">The judge's classes, one a pixel of our translation.</param>
    public void Add(Frame source, Frame baseline, Frame ours, byte[] truth, byte[] readOfBaseline, byte[] readOfOurs)
    {
        Frame[] panels =
        [
            source, baseline, ours, Paint(truth, source, _judge.Space), Paint(readOfBaseline, baseline, _judge.Space),
            Paint(readOfOurs, ours, _judge.Space),
        ];
        for (int i = 0; i < panels.Length; i++)
            _rows[i].Add(panels[i]);
    }

    /// <summary>Draws the figure; panels have the first source's size, and 512 pixels of width at most.</summary>
    /// <param name="path">The PNG file to create or replace.</param>
    /// <param name="baseline">The baseline's name.</param>
    /// <param name="ours">Our model's name.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(string path, string baseline, string ours)
    {
        (int width, int height) = (_rows[0][0].Width, _rows[0][0].Height);
        int across = Math.Min(width, WidestPanel);
        ContactSheet sheet = new(across, Math.Max(16, height * across / width));
        string[] titles =
        [
            "source", baseline, ours, "ground truth", $"judge on {baseline}", $"judge on {ours}",
        ];
        for (int row = 0; row < titles.Length; row++)
        {
            sheet.BeginRow(titles[row]);
            _rows[row].ForEach(panel => sheet.Add(panel));
        }
        sheet.Write(path);
    }

    // Black where there is no class.
    private static Frame Paint(byte[] classes, Frame like, LabelSpace space)
    {
        Frame picture = new(like.Width, like.Height);
        Overlay.Blend(picture, classes, space, 1, picture);
        return picture;
    }

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height);
        frame.Bgra.CopyTo(copy.Bgra, 0);
        return copy;
    }
}
