using System.IO.Enumeration;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Client;

/// <summary>All blueprints of a server.</summary>
/// <param name="definitions">As the server gave them.</param>
/// <param name="profile">The server's version.</param>
public sealed class BlueprintLibrary(ActorDefinition[] definitions, ServerProfile profile)
{
    /// <summary>The definitions, in the server's order.</summary>
    public IReadOnlyList<ActorDefinition> Definitions { get; } = definitions;

    /// <summary>A blueprint by its exact id, with its defaults.</summary>
    /// <param name="id">E.g. "sensor.camera.rgb".</param>
    /// <exception cref="EdgeSimException">There is none; the message names similar ones.</exception>
    public Blueprint Find(string id)
    {
        if (Definitions.FirstOrDefault(d => d.Id == id) is { } definition)
            return new Blueprint(definition, profile);
        IEnumerable<string> near = Definitions.Select(d => d.Id).OrderBy(known => Distance(id, known)).Take(3);
        throw new EdgeSimException($"Blueprint '{id}' not found on this server.", $"Near: {string.Join(", ", near)}.");
    }

    /// <summary>The blueprints whose id fits a pattern.</summary>
    /// <param name="pattern">With * and ?, e.g. "vehicle.*".</param>
    public IEnumerable<Blueprint> Filter(string pattern) => Definitions
        .Where(d => FileSystemName.MatchesSimpleExpression(pattern, d.Id, ignoreCase: false)).Select(d => new Blueprint(d, profile));

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
