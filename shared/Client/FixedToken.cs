namespace Realtime.Client;

/// <summary>A token that never changes: once it is refused, the client is closed.</summary>
public static class FixedToken
{
    /// <summary>A provider that always gives <paramref name="token"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="token"/> is empty.</exception>
    public static TokenProvider Of(string token)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(token);
        return (_, _) => ValueTask.FromResult(token);
    }
}
