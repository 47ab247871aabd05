namespace Realtime.Hosting.Configuration;

/// <summary>One flattened key of a YAML file.</summary>
/// <param name="Key">The path, its parts separated by colons; list elements by their number.</param>
/// <param name="Value">The value as text; null if it is empty.</param>
/// <param name="Line">Line of the key in the file, from 1.</param>
/// <param name="IsSection">Whether it holds keys or elements, and no value of its own.</param>
internal readonly record struct YamlEntry(string Key, string? Value, int Line, bool IsSection);
