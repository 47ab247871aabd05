namespace Realtime.Protocol.Subscriptions;

/// <summary>
/// A pattern for a name: exact, a prefix followed by <c>*</c>, or <c>*</c> alone (any name, but some name).
/// </summary>
public readonly record struct NamePattern
{
    private NamePattern(string prefix, bool isPrefix)
    {
        Text = prefix;
        IsPrefix = isPrefix;
    }

    /// <summary>The exact name, or the prefix without its <c>*</c> (empty for <c>*</c> alone).</summary>
    public string Text { get; }

    /// <summary>Whether everything that begins with <see cref="Text"/> matches.</summary>
    public bool IsPrefix { get; }

    /// <summary>Reads a pattern; false if what stands before a final <c>*</c> is no beginning of a name.</summary>
    public static bool TryParse(string text, out NamePattern pattern)
    {
        bool isPrefix = text.EndsWith('*');
        string name = isPrefix ? text[..^1] : text;
        pattern = new NamePattern(name, isPrefix);
        return (isPrefix && name.Length == 0) || EntityName.IsValid(name);
    }

    /// <summary>Whether a name matches; null (the event has no such name) never does.</summary>
    public bool Matches(string? name) =>
        name is not null && (IsPrefix ? name.StartsWith(Text, StringComparison.Ordinal) : name == Text);

    /// <summary>The pattern that matches just what both match; false if there is none.</summary>
    public bool TryIntersect(NamePattern other, out NamePattern both)
    {
        both = Text.Length >= other.Text.Length ? this : other;
        NamePattern wider = Text.Length >= other.Text.Length ? other : this;
        if (both.IsPrefix && !wider.IsPrefix && both.Text == wider.Text)
        {
            both = wider;
            return true;
        }

        return wider.Matches(both.Text);
    }

    /// <summary>The pattern as it was written.</summary>
    public override string ToString() => IsPrefix ? Text + "*" : Text;
}
