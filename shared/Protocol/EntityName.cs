namespace Realtime.Protocol;

/// <summary>
/// The rule for names of tenants, agents, tasks, projects and groups: <c>[A-Za-z0-9][A-Za-z0-9._:-]{0,127}</c>.
/// </summary>
public static class EntityName
{
    /// <summary>Longest name, in characters (all are ASCII, so also in bytes).</summary>
    public const int LengthMax = 128;

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 128 characters of A-Z a-z 0-9 . _ : -, beginning with a letter or digit";

    /// <summary>Whether <paramref name="name"/> is a name.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > LengthMax || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
