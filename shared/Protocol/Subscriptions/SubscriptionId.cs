namespace Realtime.Protocol.Subscriptions;

/// <summary>
/// The rule for the ids that clients give their subscriptions: a name by <see cref="EntityName"/>, but shorter.
/// </summary>
public static class SubscriptionId
{
    /// <summary>Longest id, in characters.</summary>
    public const int LengthMax = 64;

    /// <summary>The id of the subscription that query parameters make.</summary>
    public const string Default = "default";

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 64 characters of A-Z a-z 0-9 . _ : -, beginning with a letter or digit";

    /// <summary>Whether <paramref name="id"/> may name a subscription.</summary>
    public static bool IsValid(ReadOnlySpan<char> id) => id.Length <= LengthMax && EntityName.IsValid(id);
}
