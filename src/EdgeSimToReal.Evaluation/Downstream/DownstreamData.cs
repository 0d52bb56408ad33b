using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Evaluation.Downstream;

/// <summary>Writes the two training sets: simulator frames as they are, and the same frames translated, with the same labels.</summary>
public static class DownstreamData
{
    /// <summary>Writes what the folders lack. Frame i has the texture i modulo their number.</summary>
    /// <param name="structures">Labelled simulator frames.</param>
    /// <param name="translators">Makes the model's translators; asked only where frames are lacking.</param>
    /// <param name="raw">The labelled folder of the simulator's frames, to create or to go on in.</param>
    /// <param name="translated">The labelled folder of translated frames, likewise.</param>
    /// <param name="advance">Called after each frame.</param>
    /// <param name="cancellation">Ends the work between two frames.</param>
    /// <exception cref="EdgeSimException">A frame can't be read, or a file can't be written.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; a further call goes on.</exception>
    public static void Write(ImageFolderSource structures, Func<TextureTranslators> translators, string raw, string translated,
        Action advance, CancellationToken cancellation)
    {
        // Translated frames are written first, so the other folder's manifest tells how many pairs are whole.
        int done = Math.Min(Count(raw), Count(translated));
        if (done == structures.FrameCount)
            return;
        using TextureTranslators textures = translators();
        using LabelledFolderSink rawSink = new(raw, append: true), translatedSink = new(translated, append: true);
        int rawDone = Count(raw), translatedDone = Count(translated);
        for (int i = 0; structures.Take(cancellation) is { } frame; i++)
        {
            if (i >= done)
            {
                if (!frame.HasTags)
                    throw new EdgeSimException($"Frame {i} of the training structures has no labels.", "Give a folder with all labels.");
                string name = $"{i:D6}";
                Frame picture = textures[i % textures.Count].Translate(frame, out Frame fitted);
                if (i >= translatedDone)
                    translatedSink.Append(translatedSink.Store(name, fitted, picture));
                if (i >= rawDone)
                    rawSink.Append(rawSink.Store(name, fitted, fitted));
            }
            structures.Return(frame);
            advance();
        }
        cancellation.ThrowIfCancellationRequested();
        translatedSink.Complete();
        rawSink.Complete();
    }

    private static int Count(string folder)
    {
        string manifest = Path.Combine(folder, LabelManifest.FileName);
        return File.Exists(manifest) ? LabelManifest.Read(manifest).Count : 0;
    }
}
