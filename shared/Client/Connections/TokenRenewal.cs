using System.Globalization;
using System.Threading.Channels;

namespace Realtime.Client.Connections;

/// <summary>
/// The token of one connection: <c>expiring</c> makes it ask for another one and show that by <c>auth</c>. It goes on,
/// with delays, until a token is taken or the connection ends; one renewal at a time.
/// </summary>
internal sealed class TokenRenewal : IAsyncDisposable
{
    // What is warned of ends in about a minute.
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeftMax = TimeSpan.FromDays(1);

    private readonly TokenSource _tokens;
    private readonly RealtimeClientOptions _options;
    private readonly ServerClock _clock;
    private readonly OwnMessages _own;
    private readonly Action<ServerNotice> _noticed;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _gone = new();

    // A fresh token may be about to end too: that is told behind the answer, before this has looked at the answer.
    private readonly Channel<long> _due = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private volatile string _inUse;
    private volatile TaskCompletionSource<RealtimeException?>? _answer;
    private Task? _running;
    private long? _endsAtMs;
    private string? _pending;
    private string? _refused;
    private bool _isUseless;

    /// <summary>Begins with the token that opened the connection.</summary>
    /// <param name="token">The token.</param>
    /// <param name="tokens">Gives others.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="own">What the connection sends.</param>
    /// <param name="noticed">Called with what goes wrong.</param>
    public TokenRenewal(
        string token, TokenSource tokens, RealtimeClientOptions options, ServerClock clock, OwnMessages own,
        Action<ServerNotice> noticed)
    {
        _inUse = token;
        _tokens = tokens;
        _options = options;
        _clock = clock;
        _own = own;
        _noticed = noticed;
        TimeSpan most = options.Reconnect.DelayMax < DelayMax ? options.Reconnect.DelayMax : DelayMax;
        _backoff = new Backoff(options.Reconnect.Delay, most);
    }

    /// <summary>The token that the connection lives by.</summary>
    public string InUse => _inUse;

    /// <summary>The server told when the token ends. On the receive loop, as <see cref="OnAnswer"/>.</summary>
    public void OnExpiring(long expiresAtMs)
    {
        if (expiresAtMs != _endsAtMs)
        {
            _endsAtMs = expiresAtMs;
            _due.Writer.TryWrite(expiresAtMs);
            _running ??= RunAsync();
        }
    }

    /// <summary>The server's answer to <c>auth</c>; null is the good one.</summary>
    public void OnAnswer(RealtimeException? refusal)
    {
        if (refusal is null)
        {
            _endsAtMs = null;
        }

        _answer?.TrySetResult(refusal);
    }

    /// <summary>The connection is no more; returns when nothing is asked any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await (_running ?? Task.CompletedTask);
        _gone.Dispose();
    }

    private async Task RunAsync()
    {
        // Off the receive loop: the application's callback may take its time.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await RenewAsync(await _due.Reader.ReadAsync(_gone.Token));
            }
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The end of the connection; what is cancelled may say so in words of its own.
        }
    }

    private async Task RenewAsync(long expiresAtMs)
    {
        if (FixedToken.Is(_options.Token))
        {
            Tell(ClientErrorCodes.TokenExpiring, $"The token ends at {Time(expiresAtMs)}, and nothing can renew it.");
            return;
        }

        // Many were warned at once: who asks when is spread over a quarter of what is left, and half of it is for
        // trying again.
        TimeSpan left = LeftUntil(expiresAtMs);
        await DelayAsync(left * ((1 + Random.Shared.NextDouble()) / 4));
        string? told = null;
        for (int number = 1; await TryAsync(number) is { } failure; number++)
        {
            if (failure.Code != told)
            {
                told = failure.Code;
                _noticed(new ServerNotice(failure.Code, failure.Detail, failure.Retry, SubscriptionId: null));
            }

            await DelayAsync(_backoff.NextOfPressure());
        }

        _backoff.Reset();
    }

    // Why there is no fresh token yet; null if there is.
    private async Task<RealtimeException?> TryAsync(int number)
    {
        string token;
        try
        {
            // What the server could not judge may be good in a moment.
            token = _pending ?? await AskAsync(number);
        }
        catch (RealtimeException failure)
        {
            return failure;
        }

        if (token == _inUse || token == _refused)
        {
            _isUseless = true;
            string which = token == _inUse ? "the token that ends" : "a refused token again";
            return new RealtimeException(
                ClientErrorCodes.TokenFailed, $"The token provider gave {which}.", retry: true);
        }

        var answer = new TaskCompletionSource<RealtimeException?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = answer;
        _own.Auth(token);

        // However long that takes: the old token ends the connection, and an answer that was not waited for would be
        // taken for another's.
        RealtimeException? refusal = await answer.Task.WaitAsync(_gone.Token);
        _answer = null;
        _pending = refusal is { Retry: true } ? token : null;
        _isUseless = refusal is { Retry: false };
        _refused = _isUseless ? token : _refused;
        _inUse = refusal is null ? token : _inUse;
        return refusal;
    }

    private async Task<string> AskAsync(int number)
    {
        using var overdue = new CancellationTokenSource(_options.ConnectTimeout, _options.TimeProvider);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, _gone.Token);
        try
        {
            var attempt = new TokenAttempt(number, _isUseless) { IsExpiring = true };
            return await _tokens.AskAsync(attempt, ended.Token);
        }
        catch (Exception late) when (overdue.IsCancellationRequested && !_gone.IsCancellationRequested
            && late is not RealtimeException)
        {
            throw new RealtimeException(
                ClientErrorCodes.Timeout, $"No token within {_options.ConnectTimeout}.", retry: true, late);
        }
    }

    private TimeSpan LeftUntil(long expiresAtMs) => TimeSpan.FromMilliseconds(
        Math.Clamp(expiresAtMs - _clock.Now.ToUnixTimeMilliseconds(), 0, (long)LeftMax.TotalMilliseconds));

    private Task DelayAsync(TimeSpan delay) => Task.Delay(delay, _options.TimeProvider, _gone.Token);

    private void Tell(string code, string detail) =>
        _noticed(new ServerNotice(code, detail, Retry: false, SubscriptionId: null));

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, 0, 253_402_300_799_999))
            .ToString("u", CultureInfo.InvariantCulture);
}
