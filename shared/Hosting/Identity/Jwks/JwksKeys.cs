using Microsoft.Extensions.Logging;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>
/// The keys of an identity provider, fetched and kept. Tokens of keys that are known never wait; one of a key that is
/// not makes it ask again, one request at a time and not more often than the options say.
/// </summary>
internal sealed partial class JwksKeys : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AuthOptions _options;
    private readonly JwksClient _client;
    private readonly JwksMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<JwksKeys> _logger;

    private Task? _fetching;
    private long? _askedAt;
    private volatile Held? _held;
    private volatile bool _isAway = true;
    private JwksOutcome? _lastOutcome;
    private int _failures;
    private bool _isDisposed;

    public JwksKeys(AuthOptions options, JwksMetrics metrics, TimeProvider clock, ILogger<JwksKeys> logger)
    {
        _options = options;
        _client = new JwksClient(options, clock);
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
    }

    // While the server answers, one refresh follows the other within this; from then on it is away.
    private TimeSpan HeldMax => _options.JwksRefresh + _options.JwksTimeout + _options.JwksStaleMax;

    /// <summary>Whether there are keys that hold.</summary>
    public bool AreKnown => Known() is not null;

    /// <summary>Who publishes them.</summary>
    public string Host => new Uri(_options.JwksUrl!).Authority;

    /// <summary>Judges a signature; waits, as long as one request may take, only for a key that is not known.</summary>
    public ValueTask<SignatureVerdict> JudgeAsync(CompactToken token, CancellationToken cancellationToken)
    {
        JwksSet? known = Known();
        if (known?.IsSigned(token) == true)
        {
            return ValueTask.FromResult(SignatureVerdict.Good);
        }

        return known?.HasKeyOf(token) == true
            ? ValueTask.FromResult(SignatureVerdict.Bad)
            : JudgeAfterFetchAsync(token, cancellationToken);
    }

    /// <summary>Asks for the keys, unless that was done a moment ago, and waits for the answer.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Begin() is { } fetching)
        {
            await fetching.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// How long to wait before asking again of one's own accord: a refresh less up to a fifth; while the server is
    /// away, <c>jwks_min_interval</c>, doubling up to a refresh.
    /// </summary>
    public TimeSpan NextWait()
    {
        int failures = Volatile.Read(ref _failures);
        TimeSpan wait = _options.JwksRefresh;
        if (failures > 0)
        {
            TimeSpan backOff = _options.JwksMinInterval * Math.Pow(2, Math.Min(failures - 1, 16));
            wait = backOff < wait ? backOff : wait;
        }

        // Not all edges at the same moment, and never before the least interval, which would do nothing.
        TimeSpan jittered = wait * (1 - (0.2 * Random.Shared.NextDouble()));
        return jittered > _options.JwksMinInterval ? jittered : _options.JwksMinInterval;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? fetching;
        lock (_gate)
        {
            fetching = _fetching;
            _isDisposed = true;
        }

        await _stopping.CancelAsync();
        if (fetching is not null)
        {
            await fetching;
        }

        _client.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask<SignatureVerdict> JudgeAfterFetchAsync(
        CompactToken token, CancellationToken cancellationToken)
    {
        if (Begin() is { } fetching)
        {
            try
            {
                await fetching.WaitAsync(_options.JwksTimeout, _clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                return SignatureVerdict.KeysUnavailable;
            }
        }

        JwksSet? known = Known();
        if (known?.IsSigned(token) == true)
        {
            return SignatureVerdict.Good;
        }

        // Who names a key that is not there may be right as long as the server cannot be asked.
        return known is null || (_isAway && !known.HasKeyOf(token))
            ? SignatureVerdict.KeysUnavailable
            : SignatureVerdict.Bad;
    }

    private JwksSet? Known() =>
        _held is { } held && _clock.GetElapsedTime(held.FetchedAt) <= HeldMax ? held.Keys : null;

    /// <summary>The request that is under way, or a new one; null if the last one was a moment ago.</summary>
    private Task? Begin()
    {
        lock (_gate)
        {
            if (_fetching is { IsCompleted: false })
            {
                return _fetching;
            }

            if (_isDisposed
                || (_askedAt is { } askedAt && _clock.GetElapsedTime(askedAt) < _options.JwksMinInterval))
            {
                return null;
            }

            _askedAt = _clock.GetTimestamp();
            return _fetching = FetchAsync();
        }
    }

    // Belongs to nobody who waits for it: their leaving does not end it. Never fails.
    private async Task FetchAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Not under the lock.
        long askedAt = _clock.GetTimestamp();
        JwksFetch fetch;
        try
        {
            fetch = await _client.FetchAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (fetch.Keys is { } keys)
        {
            _held = new Held(keys, askedAt);
            Volatile.Write(ref _failures, 0);
        }
        else
        {
            Interlocked.Increment(ref _failures);
        }

        _isAway = fetch.Keys is null;
        Report(fetch);
    }

    private void Report(JwksFetch fetch)
    {
        _metrics.Fetched(fetch.Outcome);
        if (fetch.Outcome == _lastOutcome)
        {
            return;
        }

        _lastOutcome = fetch.Outcome;
        string host = Host;
        if (fetch.Keys is { } keys)
        {
            Log.Fetched(_logger, host, keys.Count, keys.Skipped);
        }
        else if (_held is null)
        {
            Log.Missing(_logger, host, fetch.Outcome);
        }
        else
        {
            Log.Away(_logger, host, fetch.Outcome, _options.JwksStaleMax);
        }
    }

    private sealed record Held(JwksSet Keys, long FetchedAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Keys of tokens fetched from {Host}: {Count}, and {Skipped} that are not for RS256 or ES256 or too weak.")]
        public static partial void Fetched(ILogger logger, string host, int count, int skipped);

        [LoggerMessage(2, LogLevel.Warning,
            "The keys of tokens could not be fetched from {Host}: {Outcome}. Until they are, tokens that need them are "
            + "answered with 503. See connection_plane:auth:jwks_url and jwks_ca_file.")]
        public static partial void Missing(ILogger logger, string host, JwksOutcome outcome);

        [LoggerMessage(3, LogLevel.Warning,
            "The keys of tokens could not be fetched again from {Host}: {Outcome}. Those that are known hold for "
            + "{StaleMax} more.")]
        public static partial void Away(ILogger logger, string host, JwksOutcome outcome, TimeSpan staleMax);
    }
}
