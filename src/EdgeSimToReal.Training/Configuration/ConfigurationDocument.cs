using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Training.Configuration;

/// <summary>A configuration on its way from text to a typed record: read from a file, changed key by key, bound.</summary>
/// <remarks>Errors name the key, what was found and what is expected; an unknown key's error names the nearest known one.</remarks>
/// <typeparam name="T">The record.</typeparam>
public sealed class ConfigurationDocument<T>
    where T : class
{
    private static readonly JsonDocumentOptions Reading = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    private static readonly JsonSerializerOptions OneLine = new(ConfigurationJson.Options) { WriteIndented = false };

    private readonly JsonObject _root;
    private readonly IReadOnlyDictionary<Type, Func<string, object>> _byName;

    /// <summary>Begins with a record's values.</summary>
    /// <param name="defaults">The values of all keys that nobody sets.</param>
    /// <param name="byName">
    /// Records that have known settings: where a key of such a type is given a text, it stands for the settings of that name, all of
    /// the record's keys; the function throws <see cref="EdgeSimException"/> at a name that it does not know. Null: none. Types with
    /// <see cref="WrittenAsAttribute"/> need no entry.
    /// </param>
    public ConfigurationDocument(T defaults, IReadOnlyDictionary<Type, Func<string, object>>? byName = null)
    {
        _root = JsonSerializer.SerializeToNode(defaults, ConfigurationJson.Options)!.AsObject();
        _byName = byName ?? new Dictionary<Type, Func<string, object>>();
    }

    private static JsonTypeInfo RootType => TypeInfo(typeof(T));

    /// <summary>Takes the values of a configuration file; keys that it leaves out stay as they are, lists are replaced whole.</summary>
    /// <param name="path">The file; comments and trailing commas are allowed.</param>
    /// <exception cref="EdgeSimException">It is missing, no JSON object, or holds an unknown key or a value of the wrong type.</exception>
    public void MergeFile(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = Directory.Exists(path) ? "it is a folder" : error.Message.TrimEnd('.');
            throw new EdgeSimException($"Can't read the configuration '{path}': {reason}.", "Give the path of a JSON file.",
                ExitCode.BadInput, error);
        }
        Merge(text, $"The configuration '{path}'");
    }

    /// <summary>Takes the values of a JSON text.</summary>
    /// <param name="json">JSON.</param>
    /// <param name="source">What it is, for messages.</param>
    /// <exception cref="EdgeSimException">It is no JSON object, or holds an unknown key or a value of the wrong type.</exception>
    public void Merge(string json, string source)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json, documentOptions: Reading);
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"{source} is not valid JSON: {error.Message.TrimEnd('.')}.",
                "Comments and trailing commas are allowed, repeated keys are not.", ExitCode.BadInput, error);
        }
        if (node is not JsonObject given)
            throw new EdgeSimException($"{source} is no JSON object.", "Write it as { \"key\": value, ... }.");
        ResolveNames(given, RootType);
        Check(given, RootType, "", source, ExitCode.BadInput);
        Merge(_root, given);
    }

    /// <summary>Changes one key, as a command line's `--set key=value` does.</summary>
    /// <param name="assignment">
    /// "key=value"; the key is a path with dots into objects and lists ("data.0.weight"; an index equal to the list's length appends),
    /// the value JSON, or for texts and names the bare text.
    /// </param>
    /// <returns>The key.</returns>
    /// <exception cref="EdgeSimException">There is no such key, or it takes no such value.</exception>
    public string Set(string assignment)
    {
        string[] parts = assignment.Split('=', 2);
        if (parts.Length != 2 || parts[0].Length == 0)
            throw new EdgeSimException($"'{assignment}' sets nothing.", "Write it as --set key=value.", ExitCode.Usage);
        string[] path = parts[0].Split('.');

        JsonNode resolved = _root.DeepClone(), parent = resolved;
        JsonTypeInfo type = RootType;
        for (int depth = 0; ; depth++)
        {
            string at = string.Join('.', path[..depth]), key = path[depth], full = string.Join('.', path[..(depth + 1)]);
            type = Member(type, key, at, full, parent as JsonArray);
            if (depth == path.Length - 1)
            {
                Put(parent, key, ParseValue(parts[1], type));
                break;
            }
            if (type.Kind == JsonTypeInfoKind.None)
            {
                throw new EdgeSimException($"--set: '{full}' takes {Expected(type)}, so there is no key '{parts[0]}'.",
                    null, ExitCode.Usage);
            }
            JsonNode? child = parent is JsonArray list && int.Parse(key) < list.Count ? list[int.Parse(key)] : (parent as JsonObject)?[key];
            if (child is null)
                Put(parent, key, child = type.Kind == JsonTypeInfoKind.Enumerable ? new JsonArray() : new JsonObject());
            parent = child;
        }
        ResolveNames(resolved, RootType);
        Check(resolved, RootType, "", "--set", ExitCode.Usage);
        Merge(_root, resolved.AsObject());
        return parts[0];
    }

    /// <summary>The typed record.</summary>
    /// <exception cref="EdgeSimException">A required key is missing, or the record refuses its values.</exception>
    public T Bind()
    {
        CheckRequired(_root, RootType, "");
        try
        {
            return _root.Deserialize<T>(ConfigurationJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"The configuration can't be used: {error.Message.TrimEnd('.')}.", null, ExitCode.BadInput, error);
        }
    }

    /// <summary>Puts known settings in the place of their names.</summary>
    private void ResolveNames(JsonNode node, JsonTypeInfo type)
    {
        if (node is JsonArray list && type.Kind == JsonTypeInfoKind.Enumerable)
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (list[i] is { } element && Resolved(element, type.ElementType!) is { } settings)
                    list[i] = settings;
            }
        }
        if (node is not JsonObject given || type.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (given[property.Name] is { } child && Resolved(child, property.PropertyType) is { } settings)
                given[property.Name] = settings;
        }
    }

    /// <summary>The settings that a text abbreviates; null where it is none, and the names within are resolved.</summary>
    private JsonNode? Resolved(JsonNode node, Type type)
    {
        if (node.GetValueKind() == JsonValueKind.String)
        {
            string text = node.GetValue<string>();
            if (_byName.TryGetValue(type, out Func<string, object>? settings))
                return JsonSerializer.SerializeToNode(settings(text), ConfigurationJson.Options);
            if (type.GetCustomAttribute<WrittenAsAttribute>() is { } written)
                return new JsonObject { [written.Member] = text };
        }
        ResolveNames(node, TypeInfo(type));
        return null;
    }

    private static void Merge(JsonObject target, JsonObject given)
    {
        foreach ((string key, JsonNode? value) in given)
        {
            if (value is JsonObject inner && target[key] is JsonObject existing)
                Merge(existing, inner);
            else
                target[key] = value?.DeepClone();
        }
    }

    private static JsonTypeInfo Member(JsonTypeInfo type, string key, string at, string full, JsonArray? list)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            int count = list?.Count ?? 0;
            return int.TryParse(key, out int index) && index >= 0 && index <= count ? TypeInfo(type.ElementType!)
                : throw new EdgeSimException($"--set: '{key}' in '{full}' is no index into '{at}', which has {count} elements.",
                    $"Use 0 to {count}; {count} appends.", ExitCode.Usage);
        }
        return type.Kind == JsonTypeInfoKind.Dictionary ? TypeInfo(type.ElementType!)
            : Property(type, key) is { } property ? TypeInfo(property.PropertyType)
            : throw Unknown(type, key, at, "--set", ExitCode.Usage);
    }

    private static void Put(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is not JsonArray list)
            parent[key] = value;
        else if (int.Parse(key) is var index && index < list.Count)
            list[index] = value;
        else
            list.Add(value);
    }

    private static JsonNode? ParseValue(string text, JsonTypeInfo type)
    {
        try
        {
            JsonNode? value = JsonNode.Parse(text, documentOptions: Reading);
            // A text may look like a number: --set name=7.
            bool looksOtherwise = value is JsonValue given && given.GetValueKind() != JsonValueKind.String;
            return type.Type == typeof(string) && looksOtherwise ? JsonValue.Create(text) : value;
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static void Check(JsonNode? node, JsonTypeInfo type, string path, string source, ExitCode code)
    {
        // Whether a member may be null is its record's affair (nullable annotations); binding tells.
        if (node is null)
            return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject value:
                foreach ((string key, JsonNode? child) in value)
                {
                    JsonPropertyInfo property = Property(type, key) ?? throw Unknown(type, key, path, source, code);
                    if (child is null && !property.IsSetNullable)
                        throw WrongType(null, TypeInfo(property.PropertyType), Join(path, key), source, code);
                    Check(child, TypeInfo(property.PropertyType), Join(path, key), source, code);
                }
                return;
            case JsonTypeInfoKind.Dictionary when node is JsonObject value:
                foreach ((string key, JsonNode? child) in value)
                    Check(child, TypeInfo(type.ElementType!), Join(path, key), source, code);
                return;
            case JsonTypeInfoKind.Enumerable when node is JsonArray value:
                for (int i = 0; i < value.Count; i++)
                    Check(value[i], TypeInfo(type.ElementType!), Join(path, $"{i}"), source, code);
                return;
            case JsonTypeInfoKind.None:
                try
                {
                    node.Deserialize(type);
                    return;
                }
                catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
                {
                    throw WrongType(node, type, path, source, code);
                }
            default:
                throw WrongType(node, type, path, source, code);
        }
    }

    private static void CheckRequired(JsonNode? node, JsonTypeInfo type, string path)
    {
        if (node is JsonArray list)
        {
            for (int i = 0; i < list.Count; i++)
                CheckRequired(list[i], TypeInfo(type.ElementType!), Join(path, $"{i}"));
        }
        if (node is not JsonObject value || type.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.IsRequired && !value.ContainsKey(property.Name))
            {
                throw new EdgeSimException($"The configuration lacks '{Join(path, property.Name)}'.",
                    $"It takes {Expected(TypeInfo(property.PropertyType))}.");
            }
            CheckRequired(value[property.Name], TypeInfo(property.PropertyType), Join(path, property.Name));
        }
    }

    private static EdgeSimException WrongType(JsonNode? node, JsonTypeInfo type, string path, string source, ExitCode code)
    {
        string text = node?.ToJsonString(OneLine) ?? "null";
        return new EdgeSimException($"{source}: '{path}' is {(text.Length > 60 ? text[..60] + "..." : text)}.",
            $"It takes {Expected(type)}.", code);
    }

    private static EdgeSimException Unknown(JsonTypeInfo type, string key, string path, string source, ExitCode code)
    {
        string[] known = [.. type.Properties.Select(property => property.Name)];
        string nearest = known.MinBy(name => Distance(name.ToLowerInvariant(), key.ToLowerInvariant())) ?? "";
        string all = string.Join(", ", known.Select(name => Join(path, name)));
        return new EdgeSimException($"{source}: there is no key '{Join(path, key)}'; the nearest is '{Join(path, nearest)}'.",
            $"Known here: {all}.", code);
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Expected(JsonTypeInfo type)
    {
        Type plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object when plain.GetCustomAttribute<WrittenAsAttribute>() is { } written =>
                $"a text, the {written.Member}, or an object with {string.Join(", ", type.Properties.Select(property => property.Name))}",
            JsonTypeInfoKind.Object => $"an object with {string.Join(", ", type.Properties.Select(property => property.Name))}",
            JsonTypeInfoKind.Dictionary => "an object",
            JsonTypeInfoKind.Enumerable => $"a list of which each element is {Expected(TypeInfo(type.ElementType!))}",
            _ when plain.IsEnum => $"one of {string.Join(", ", Enum.GetValues(plain).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, plain, OneLine)))}",
            _ when plain == typeof(bool) => "true or false",
            _ when plain == typeof(string) => "a text",
            _ when plain == typeof(ulong) || plain == typeof(uint) || plain == typeof(byte) => "a whole number of 0 or more",
            _ when plain == typeof(int) || plain == typeof(long) => "a whole number",
            _ => "a number",
        };
    }

    private static JsonPropertyInfo? Property(JsonTypeInfo type, string key) => type.Properties.FirstOrDefault(p => p.Name == key);

    private static JsonTypeInfo TypeInfo(Type type) => ConfigurationJson.Options.GetTypeInfo(type);

    // Levenshtein's: insertions, deletions and replacements of single characters.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
