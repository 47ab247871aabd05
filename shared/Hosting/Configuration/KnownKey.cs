namespace Realtime.Hosting.Configuration;

/// <summary>One line of <c>configuration-keys.txt</c>.</summary>
/// <param name="Key">Full key; <c>*</c> stands for an element of a list.</param>
/// <param name="Rule">What a value must be.</param>
/// <param name="Default">The default as it would stand in the file; empty if there is none.</param>
internal readonly record struct KnownKey(string Key, string Rule, string Default)
{
    public override string ToString() => $"{Key} | {Rule} | {Default}".TrimEnd();
}
