using System.Collections.Concurrent;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Server;

/// <summary>Streets that are in use somewhere in this process: building one takes about a second, and it never changes.</summary>
internal static class SceneCache
{
    private static readonly ConcurrentDictionary<TownOptions, WeakReference<TownScene>> Scenes = new();

    /// <summary>The street with these options.</summary>
    public static TownScene Get(TownOptions options)
    {
        if (Scenes.TryGetValue(options, out WeakReference<TownScene>? weak) && weak.TryGetTarget(out TownScene? scene))
            return scene;
        scene = new TownScene(options);
        Scenes[options] = new WeakReference<TownScene>(scene);
        return scene;
    }

    /// <summary>Forgets all streets, for tests that compare two built from the same seed.</summary>
    public static void Clear() => Scenes.Clear();
}
