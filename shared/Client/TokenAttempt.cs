namespace Realtime.Client;

/// <summary>For what a token is asked.</summary>
/// <param name="Number">The number of the attempt to connect in its row, from 1; 1 for requests over HTTP. If it is
/// expiring, how many times it was asked for another one.</param>
/// <param name="WasRefused">Whether the server refused the last token, or it was of no use: a cached one won't
/// do.</param>
public readonly record struct TokenAttempt(int Number, bool WasRefused)
{
    /// <summary>Whether it is to take the place of one that ends soon, on a connection that goes on.</summary>
    public bool IsExpiring { get; init; }
}
