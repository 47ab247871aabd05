using Realtime.Protocol.Messages;

namespace Realtime.Client.Connections;

/// <summary>
/// Asks for tokens and tickets, and remembers the last token for requests over HTTP. Those share what is asked for
/// them: however many find their token refused at once, the provider is called once.
/// </summary>
internal sealed class TokenSource(RealtimeClientOptions options, CancellationToken closed)
{
    private readonly Lock _gate = new();
    private volatile string? _last;
    private SharedRequest? _shared;

    private sealed record SharedRequest(string? Refused, Task<string> Token);

    /// <summary>Asks for a token, for one attempt to connect.</summary>
    /// <exception cref="RealtimeException">The provider failed, or gave what is none (<c>token_failed</c>).</exception>
    public async Task<string> AskAsync(TokenAttempt attempt, CancellationToken cancellationToken)
    {
        TokenProvider provider = options.Token ?? throw new RealtimeException(
            ErrorCodes.Unauthorized, "There is no token: what goes over HTTP needs the option Token.", retry: false);
        return _last = await AskAsync("token", () => provider(attempt, cancellationToken), cancellationToken);
    }

    /// <summary>Asks for a ticket, for one attempt to connect.</summary>
    /// <exception cref="RealtimeException">The provider failed, or gave what is none (<c>token_failed</c>).</exception>
    public static Task<string> AskAsync(
        TicketProvider provider, TokenAttempt attempt, CancellationToken cancellationToken) =>
        AskAsync("ticket", () => provider(attempt, cancellationToken), cancellationToken);

    /// <summary>The last token, or the first one.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken) =>
        _last ?? await ShareAsync(refused: null, cancellationToken);

    /// <summary>Another token than the one refused; that same one if there is no other.</summary>
    public async Task<string> RenewAsync(string refused, CancellationToken cancellationToken) =>
        _last is { } last && last != refused ? last : await ShareAsync(refused, cancellationToken);

    /// <summary>Returns when nothing is asked any more; after the client was closed.</summary>
    public async Task EndedAsync()
    {
        Task? shared;
        lock (_gate)
        {
            shared = _shared?.Token;
        }

        await (shared ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> AskAsync(
        string what, Func<ValueTask<string>> ask, CancellationToken cancellationToken)
    {
        string? given;
        try
        {
            given = await ask().AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RealtimeException(
                ClientErrorCodes.TokenFailed, $"The {what} provider failed: {failure.Message}", retry: true, failure);
        }

        return TokenText.IsValid(given) ? given : throw new RealtimeException(
            ClientErrorCodes.TokenFailed, $"The {what} provider gave what can't be a {what}: {TokenText.Rule}.",
            retry: true);
    }

    private Task<string> ShareAsync(string? refused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Who came between its answer and now finds that answer in `_last`.
            if (_last is { } last && last != refused)
            {
                return Task.FromResult(last);
            }

            if (_shared is null || _shared.Refused != refused || _shared.Token.IsCompleted)
            {
                _shared = new SharedRequest(refused, AskForAllAsync(refused is not null));
            }

            return _shared.Token.WaitAsync(cancellationToken);
        }
    }

    // Not cancelled by any of those who wait, as the others wait on: by its own time, or with the client.
    private async Task<string> AskForAllAsync(bool wasRefused)
    {
        // Out of the lock, and off the thread of whoever came first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var overdue = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, closed);
        try
        {
            return await AskAsync(new TokenAttempt(1, wasRefused), ended.Token);
        }
        catch (Exception) when (closed.IsCancellationRequested)
        {
            throw new OperationCanceledException(closed);
        }
        catch (Exception late) when (overdue.IsCancellationRequested && late is not RealtimeException)
        {
            throw new RealtimeException(
                ClientErrorCodes.Timeout, $"No token within {options.ConnectTimeout}.", retry: true, late);
        }
    }
}
