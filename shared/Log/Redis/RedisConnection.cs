using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// A connection to Redis that is always there to be asked: it connects in the background, however long that takes,
/// comes back by itself, and is replaced when it answers no probe. Every command has a time limit, every failure is
/// the log's one exception.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectRetryMax = TimeSpan.FromSeconds(2);

    private readonly RedisOptions _options;
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisConnector _connector;
    private readonly RedisProbe _probe;
    private readonly RedisDiagnosis _diagnosis;
    private readonly RedisMetrics? _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<RedisLink> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private volatile RedisLink? _link;

    // Why it did not connect last, if that is known to be no accident.
    private volatile LogUnavailableException? _trouble;

    // -1 not known yet, 0 down, 1 up: each change is logged once, not each attempt.
    private int _up = -1;

    /// <param name="options">Where Redis is.</param>
    /// <param name="name">The connection's name, for logs and for <c>CLIENT LIST</c>.</param>
    /// <param name="doorbells">Those who hear bells on this connection, if any.</param>
    /// <param name="time">For timeouts and probes.</param>
    /// <param name="logger">Told when the connection comes and goes.</param>
    /// <param name="metrics">Told how long commands take, and which fail.</param>
    public RedisConnection(
        RedisOptions options, string name, RedisDoorbells? doorbells, TimeProvider time, ILogger logger,
        RedisMetrics? metrics = null)
    {
        _metrics = metrics;
        _metrics?.Watch(name, () => Volatile.Read(ref _up) == 1);
        _options = options;
        _name = name;
        _time = time;
        _logger = logger;
        var security = new RedisSecurity(options);
        _connector = new RedisConnector(options, security, name, time);
        _diagnosis = new RedisDiagnosis(options, security, time);
        _probe = new RedisProbe(options, doorbells is not null, time);
        _running = RunAsync(doorbells);
    }

    /// <summary>Runs a script on the node that has its keys.</summary>
    /// <exception cref="LogUnavailableException">It could not be run, or nobody knows whether it was.</exception>
    public async Task<RedisResult> EvaluateAsync(
        RedisScript script, RedisKey[] keys, RedisValue[] values, int bytes, CancellationToken cancellationToken)
    {
        try
        {
            // By its hash: with the text the library would hash all of that for each call, to look up what it sent.
            return await RunAsync(
                redis => redis.GetDatabase().ScriptEvaluateAsync(script.Hash, keys, values), bytes, cancellationToken);
        }
        catch (LogUnavailableException unavailable) when (RedisErrors.IsUnknownScript(unavailable.InnerException!))
        {
            // The library sends the script first, as it learned from the answer that the server forgot it.
            return await RunAsync(
                redis => redis.GetDatabase().ScriptEvaluateAsync(script.Text, keys, values), bytes, cancellationToken);
        }
    }

    /// <summary>Runs a command.</summary>
    /// <exception cref="LogUnavailableException">It could not be run, or nobody knows whether it was.</exception>
    public async Task<T> RunAsync<T>(
        Func<ConnectionMultiplexer, Task<T>> command, int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisLink link = _link ?? await FirstLinkAsync(cancellationToken);
        if (!link.TryEnter(bytes))
        {
            throw new LogUnavailableException(
                LogUnavailableReason.TimedOut,
                $"Redis ({_options.Address}) does not keep up: {_options.InFlightBytesMax} bytes of commands wait.");
        }

        long startedAt = _time.GetTimestamp();
        try
        {
            Task<T> answer = command(link.Multiplexer);
            _ = answer.ContinueWith(
                (ended, _) =>
                {
                    link.Leave(bytes);
                    // Who waited may have left by timeout; then nobody else looks at the failure.
                    _ = ended.Exception;
                },
                null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            T answered = await answer.WaitAsync(_options.CommandTimeout, _time, cancellationToken);
            _metrics?.Answered(_name, _time.GetElapsedTime(startedAt));
            return answered;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            if (RedisErrors.IsReplica(failure))
            {
                link.Hurry();
            }

            LogUnavailableException unavailable = Explain(RedisErrors.ToUnavailable(failure, _options));
            _metrics?.Failed(_name, unavailable.Reason);
            throw unavailable;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task<RedisLink> FirstLinkAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _first.Task.WaitAsync(_options.CommandTimeout, _time, cancellationToken);
        }
        catch (TimeoutException failure)
        {
            throw Explain(new LogUnavailableException(
                LogUnavailableReason.Unreachable, $"Redis ({_options.Address}) is not reachable yet.", failure));
        }
    }

    // The library calls a certificate that is not trusted a failure to log in.
    private LogUnavailableException Explain(LogUnavailableException unavailable) =>
        unavailable.Reason is LogUnavailableReason.Unreachable or LogUnavailableReason.WrongPassword
        && _trouble is { } known
        ? new LogUnavailableException(known.Reason, known.Message, unavailable.InnerException)
        : unavailable;

    private async Task RunAsync(RedisDoorbells? doorbells)
    {
        CancellationToken stopping = _stopping.Token;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await LiveAsync(doorbells, stopping);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The process stops; what was interrupted may complain as it likes.
        }
        finally
        {
            await DropAsync(_link);
        }
    }

    /// <summary>One life of the connection. Nothing that happens in it may end the next one, only stopping.</summary>
    private async Task LiveAsync(RedisDoorbells? doorbells, CancellationToken stopping)
    {
        try
        {
            ConnectionMultiplexer multiplexer = await ConnectAsync(stopping);
            RedisLink? previous = _link;
            var link = new RedisLink(multiplexer, _options.InFlightBytesMax);
            _link = link;
            _first.TrySetResult(link);
            Hook(multiplexer, doorbells);
            if (multiplexer.IsConnected)
            {
                // It may have connected before anybody listened.
                Note(true, string.Empty);
            }

            doorbells?.MoveTo(multiplexer);
            await DropAsync(previous);
            if (await _probe.WatchAsync(link, stopping))
            {
                Log.Replacing(_logger, _name, _options.Address);
            }
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Log.Failed(_logger, failure, _name, _options.Address);
            await Task.Delay(ConnectRetryMax, _time, stopping);
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                ConnectionMultiplexer multiplexer = await _connector.ConnectAsync(stopping);
                _trouble = multiplexer.IsConnected ? null : await _diagnosis.FindAsync(stopping);
                Note(multiplexer.IsConnected, _trouble?.Message ?? "no server answered");
                return multiplexer;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                _trouble = await _diagnosis.FindAsync(stopping);
                Note(false, _trouble?.Message ?? failure.Message);
            }

            await Task.Delay(ConnectRetryMax * (0.5 + (Random.Shared.NextDouble() / 2)), _time, stopping);
        }
    }

    private void Hook(ConnectionMultiplexer multiplexer, RedisDoorbells? doorbells)
    {
        multiplexer.ConnectionFailed += (_, failed) =>
        {
            // The one before says so too when it is closed.
            if (failed.ConnectionType == ConnectionType.Interactive && ReferenceEquals(_link?.Multiplexer, multiplexer))
            {
                Note(false, failed.FailureType.ToString());
            }
        };
        multiplexer.ConnectionRestored += (_, restored) =>
        {
            if (restored.ConnectionType == ConnectionType.Interactive)
            {
                _trouble = null;
                Note(true, string.Empty);
            }

            doorbells?.RingAll();
        };
    }

    private void Note(bool up, string reason)
    {
        if (Interlocked.Exchange(ref _up, up ? 1 : 0) == (up ? 1 : 0))
        {
            return;
        }

        if (up)
        {
            _metrics?.Connected(_name);
            Log.Connected(_logger, _name, _options.Address);
        }
        else
        {
            Log.Away(_logger, _name, _options.Address, reason);
        }
    }

    private Task DropAsync(RedisLink? link) =>
        link is null ? Task.CompletedTask : _connector.CloseAsync(link.Multiplexer);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connected to Redis at {Address} ({Name} connection).")]
        public static partial void Connected(ILogger logger, string name, string address);

        [LoggerMessage(2, LogLevel.Warning,
            "Redis at {Address} is not reachable ({Name} connection: {Reason}). Appends fail and viewers wait until it "
            + "is back; it is tried again every second. Check that it runs and that event_plane:redis names it.")]
        public static partial void Away(ILogger logger, string name, string address, string reason);

        [LoggerMessage(3, LogLevel.Warning,
            "Redis at {Address} answers no more on the {Name} connection, or is a replica by now; connecting anew.")]
        public static partial void Replacing(ILogger logger, string name, string address);

        [LoggerMessage(4, LogLevel.Error,
            "The {Name} connection to Redis at {Address} failed in a way that is not foreseen; connecting anew.")]
        public static partial void Failed(ILogger logger, Exception failure, string name, string address);
    }
}
