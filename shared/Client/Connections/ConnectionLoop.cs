using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Realtime.Client.Subscriptions;
using Realtime.Client.Wire;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Connections;

/// <summary>
/// Keeps the one connection of a client: connecting, connected, waiting, connecting again, until it is closed. Begins
/// when it is first needed.
/// </summary>
internal sealed class ConnectionLoop(
    RealtimeClientOptions options, FeedContext feeds, TokenSource tokens, Door door, AsyncSignal wake,
    ConnectionTeller teller, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Backoff _backoff = Backoff.Of(options.Reconnect);
    private readonly SentAway _sentAway = new(options.TimeProvider);
    private Task? _running;
    private bool _isDisposed;

    /// <summary>Begins, if it has not yet.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _running ??= RunAsync();
            }
        }
    }

    /// <summary>Closes the connection; returns when nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            running = _running;
        }

        await _stopping.CancelAsync();
        await (running ?? Task.CompletedTask);
        Close(null);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        // On a thread of the pool: whoever asked first goes on.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            Close(await ConnectAgainAndAgainAsync());
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The application wants no connection any more; what is cancelled may say so in words of its own.
        }
        catch (Exception failure)
        {
            // A fault of ours: nobody should wait for what will never come.
            ConnectionLog.Broken(logger, failure);
            Close(ConnectionEnd.Failed(
                ConnectionReasons.Protocol,
                new RealtimeException(ErrorCodes.Internal, failure.Message, retry: false, failure)));
        }
    }

    // Returns why there is no further attempt.
    private async Task<ConnectionEnd> ConnectAgainAndAgainAsync()
    {
        int failures = 0;
        string? refused = null;
        RealtimeException? refusal = null;
        while (true)
        {
            int number = failures + 1;
            teller.Tell(new ConnectionState { Status = ConnectionStatus.Connecting, Attempt = number });
            (ConnectionEnd end, string? token) = await AttemptAsync(number, refused, refusal);
            _stopping.Token.ThrowIfCancellationRequested();
            if (end.WasWelcomed)
            {
                (failures, refused, refusal) = (0, null, null);
            }
            else
            {
                failures++;
            }

            if (end.Next == ConnectionNext.Close
                || (end.Next == ConnectionNext.RetryWithFreshToken && refused is not null))
            {
                return end;
            }

            // Until a welcome, the refused one is not forgotten: whatever fails in between, the same must not be
            // tried again.
            (refused, refusal) = end.Next == ConnectionNext.RetryWithFreshToken
                ? (token, end.Error) : (refused, refusal);
            if (failures >= options.Reconnect.AttemptsMax)
            {
                return end with
                {
                    Error = new RealtimeException(
                        ClientErrorCodes.AttemptsExhausted,
                        $"{failures} attempts in a row failed, the last one with: {end.Error?.Message}", true,
                        end.Error),
                };
            }

            await WaitAsync(end, failures + 1);
        }
    }

    private async Task<(ConnectionEnd End, string? Token)> AttemptAsync(
        int number, string? refused, RealtimeException? refusal)
    {
        using var overdue = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, _stopping.Token);
        (WebSocket? socket, ConnectionEnd? end, Credential shown) = await OpenAsync(
            number, refused, refusal, connecting.Token);
        if (socket is null)
        {
            return (After(shown, end!), shown.Text);
        }

        var own = new OwnMessages(wake);
        await using TokenRenewal? renewal = shown.IsTicket
            ? null : new TokenRenewal(shown.Text, tokens, options, feeds.Clock, own, teller.Tell);
        await using var connection = new Connection(
            socket, feeds.Registry, options, wake, own, renewal, OnWelcome, teller.Tell);
        try
        {
            ConnectionEnd ended = await connection.RunAsync(connecting.Token, _stopping.Token);
            return (After(shown, ended), renewal?.InUse);
        }
        finally
        {
            foreach (IFeed feed in feeds.Registry.All)
            {
                feed.OnDisconnected();
            }
        }
    }

    // The next ticket is another one, whatever becomes of this.
    private static ConnectionEnd After(Credential shown, ConnectionEnd end) =>
        shown.IsTicket && end.Next == ConnectionNext.RetryWithFreshToken
            ? end with { Next = ConnectionNext.Retry }
            : end;

    // The socket, or how the attempt ended.
    private async Task<(WebSocket? Socket, ConnectionEnd? End, Credential Shown)> OpenAsync(
        int number, string? refused, RealtimeException? refusal, CancellationToken connecting)
    {
        try
        {
            var attempt = new TokenAttempt(number, refused is not null);
            Credential shown = options.Ticket is { } tickets
                ? new Credential(await TokenSource.AskAsync(tickets, attempt, connecting), IsTicket: true)
                : new Credential(await tokens.AskAsync(attempt, connecting), IsTicket: false);
            if (shown.Text == refused)
            {
                return (null, Unauthorized(refusal!), shown);
            }

            (WebSocket? socket, ConnectionEnd? end) = await door.OpenAsync(shown, connecting);
            return (socket, end, shown);
        }
        catch (RealtimeException failure)
        {
            return (null, ConnectionEnd.Failed(ConnectionReasons.TokenFailed, failure), default);
        }
        catch (Exception late) when (!_stopping.IsCancellationRequested
            && (late is OperationCanceledException || connecting.IsCancellationRequested))
        {
            // What is cancelled may fail in words of its own: the application's callback, the handler that it gave.
            var timeout = new RealtimeException(
                ClientErrorCodes.Timeout, $"Not connected within {options.ConnectTimeout}.", retry: true, late);
            return (null, ConnectionEnd.Failed(ConnectionReasons.Timeout, timeout), default);
        }
    }

    // The token provider has no other: what the server said of it stands.
    private static ConnectionEnd Unauthorized(RealtimeException refusal) => new()
    {
        Next = ConnectionNext.Close,
        Reason = ConnectionReasons.Unauthorized,
        Error = refusal,
    };

    private void OnWelcome(ServerMessage welcome, bool isAnother)
    {
        _backoff.Reset();
        if (welcome.HeartbeatMs is > 0 and <= int.MaxValue)
        {
            teller.Heartbeat = TimeSpan.FromMilliseconds(welcome.HeartbeatMs.Value);
        }

        if (welcome.Time is { } timeMs)
        {
            feeds.Clock.Adjust(timeMs);
        }

        if (welcome is { MessageBytes: { } bytes, Subscriptions: { } subscriptions, TerminalWindowBytes: { } window })
        {
            feeds.TerminalWindowBytes = window;
            teller.Limits = new ServerLimits(bytes, subscriptions, window);
        }

        if (!isAnother)
        {
            _sentAway.OnWelcome();
            teller.Tell(new ConnectionState { Status = ConnectionStatus.Connected });
        }
    }

    private async Task WaitAsync(ConnectionEnd end, int nextAttempt)
    {
        TimeSpan floor = _sentAway.FloorAfter(end);
        TimeSpan delay = end.DrainDelay ?? _backoff.Next(floor > end.RetryAfter ? floor : end.RetryAfter);
        teller.Tell(new ConnectionState
        {
            Status = ConnectionStatus.Waiting,
            Attempt = nextAttempt,
            Delay = delay,
            RetryAt = options.TimeProvider.GetUtcNow() + delay,
            Reason = end.Reason,
            CloseCode = end.CloseCode,
            Error = end.Error,
        });
        await Task.Delay(delay, options.TimeProvider, _stopping.Token);
    }

    // Null: the application did.
    private void Close(ConnectionEnd? end)
    {
        if (teller.State.Status == ConnectionStatus.Closed)
        {
            return;
        }

        feeds.Registry.CloseAll(end?.Error);
        teller.Tell(new ConnectionState
        {
            Status = ConnectionStatus.Closed,
            CloseCode = end?.CloseCode,
            Error = end?.Error,
        });
    }
}
