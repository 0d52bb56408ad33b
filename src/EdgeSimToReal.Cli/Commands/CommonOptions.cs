using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.Json;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Runtime.Pixels;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>Options that several verbs share.</summary>
public static class CommonOptions
{
    public static Option<string> Model() => new("--model", "-m")
    {
        Description = "The model bundle: a folder with a bundle.json.",
        DefaultValueFactory = _ => ModelLocator.Default,
    };

    public static Option<string[]> Texture() => new("--texture", "-t")
    {
        Description = "Reference photographs whose look is taken (several are averaged), stored texture codes (.safetensors), "
            + "or names of the model's own textures.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<(int Width, int Height)?> Size(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = ParseSize,
    };

    public static Option<FitPolicy> Fit() => Choice("--fit", FitPolicy.Letterbox,
        "How frames of another size are brought to the network's: exact (refuse them), letterbox, crop or stretch.");

    /// <summary>One of an enumeration's values, by name in any case; numbers are no names.</summary>
    public static Option<T> Choice<T>(string name, T standard, string description, JsonNamingPolicy? naming = null)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select((naming ?? JsonNamingPolicy.CamelCase).ConvertName)];
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                string text = result.Tokens.Single().Value;
                int index = Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
                if (index >= 0)
                    return Enum.Parse<T>(Enum.GetNames<T>()[index]);
                result.AddError($"{name} is '{text}'. Give one of: {string.Join(", ", names)}.");
                return standard;
            },
        };
        option.CompletionSources.Add(_ => names.Select(known => new CompletionItem(known)));
        return option;
    }

    public static Option<bool> NoNoise() => new("--no-noise")
    {
        Description = "Leave out the fixed noise maps (pictures become too smooth for segmenters).",
    };

    public static Option<int> Threads() => new Option<int>("--threads")
    {
        Description = "Threads of the network; 0: one a core.",
        DefaultValueFactory = _ => 0,
    }.Between(0, 1024);

    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON on standard output." };

    public static Option<bool> NoCache() => new("--no-cache") { Description = "Neither read nor write the cache of baked graphs." };

    /// <summary>A label space by its name; null where it is not given.</summary>
    public static Option<LabelSpace?> Labels(string name, string description) => new(name)
    {
        Description = $"{description}: {string.Join(", ", LabelSpaces.All)}.",
        CustomParser = result =>
        {
            string text = result.Tokens.Single().Value;
            if (LabelSpaces.All.FirstOrDefault(space => space.Name == text) is { } space)
                return space;
            result.AddError($"There is no label space '{text}'. Known: {string.Join(", ", LabelSpaces.All)}.");
            return null;
        },
    };

    /// <summary>Reads a picture size, "512x256".</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Width and height in pixels, both above 0.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryReadSize(string text, out (int Width, int Height) size)
    {
        size = default;
        return text.Split('x') is [var width, var height] && int.TryParse(width, out size.Width) && int.TryParse(height, out size.Height)
            && size is { Width: > 0, Height: > 0 };
    }

    private static (int Width, int Height)? ParseSize(ArgumentResult result)
    {
        string text = result.Tokens.Single().Value;
        if (TryReadSize(text, out (int Width, int Height) size))
            return size;
        result.AddError($"'{text}' is not a size. Write it as WIDTHxHEIGHT, e.g. 512x256.");
        return null;
    }
}
