namespace Realtime.Client;

/// <summary>For what a token is asked.</summary>
/// <param name="Number">The number of the attempt to connect in its row, from 1; 1 for requests over HTTP.</param>
/// <param name="WasRefused">Whether the server refused the last token: the same again would end in
/// <c>unauthorized</c>.</param>
public readonly record struct TokenAttempt(int Number, bool WasRefused);
