namespace Realtime.Hosting.Configuration;

/// <summary>One part of the known keys; <c>*</c> stands for any element of a list.</summary>
internal sealed class ConfigurationNode
{
    private const string Element = "*";

    private readonly SortedDictionary<string, ConfigurationNode> _children = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether one value stands here.</summary>
    public bool IsLeaf => _children.Count == 0;

    /// <summary>Whether a list stands here.</summary>
    public bool IsList => _children.ContainsKey(Element);

    /// <summary>Whether a value may stand here: of a leaf, or of a list of values, separated by commas.</summary>
    public bool MayBeValue =>
        IsLeaf || (_children.TryGetValue(Element, out ConfigurationNode? element) && element.IsLeaf);

    /// <summary>The names below, for an operator.</summary>
    public string List => string.Join(", ", _children.Keys);

    /// <summary>Adds a key by its parts.</summary>
    public void Add(ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty)
        {
            return;
        }

        if (!_children.TryGetValue(parts[0], out ConfigurationNode? child))
        {
            _children[parts[0]] = child = new ConfigurationNode();
        }

        child.Add(parts[1..]);
    }

    /// <summary>What stands under a name; null if nothing may.</summary>
    public ConfigurationNode? Find(string name) =>
        _children.GetValueOrDefault(IsList && name.All(char.IsAsciiDigit) ? Element : name);

    /// <summary>The name below that is most like a mistyped one; null if none is.</summary>
    public string? FindNearest(string name) =>
        Nearest.Of(name, _children.Keys.Where(key => key != Element), key => key);

    /// <summary>The full key whose last part is most like a misplaced name; null if none is.</summary>
    public string? FindNearestPath(string name) =>
        Nearest.Of(name, Paths(""), path => path[(path.LastIndexOf(':') + 1)..]);

    private IEnumerable<string> Paths(string prefix) =>
        _children.Where(child => child.Key != Element)
            .SelectMany(child => child.Value.Paths($"{prefix}{child.Key}:").Prepend(prefix + child.Key));
}
