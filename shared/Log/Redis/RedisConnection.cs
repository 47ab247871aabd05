using System.Net.Sockets;
using System.Security.Authentication;
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
    private readonly RedisProbe _probe;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<RedisLink> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private volatile RedisLink? _link;

    // -1 not known yet, 0 down, 1 up: each change is logged once, not each attempt.
    private int _up = -1;

    /// <param name="options">Where Redis is.</param>
    /// <param name="name">The connection's name, for logs and for <c>CLIENT LIST</c>.</param>
    /// <param name="doorbells">Those who hear bells on this connection, if any.</param>
    /// <param name="time">For timeouts and probes.</param>
    /// <param name="logger">Told when the connection comes and goes.</param>
    public RedisConnection(
        RedisOptions options, string name, RedisDoorbells? doorbells, TimeProvider time, ILogger logger)
    {
        _options = options;
        _name = name;
        _time = time;
        _logger = logger;
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
            return await RunAsync(Evaluate, bytes, cancellationToken);
        }
        catch (LogUnavailableException unavailable) when (RedisErrors.IsUnknownScript(unavailable.InnerException!))
        {
            return await RunAsync(Evaluate, bytes, cancellationToken);
        }

        Task<RedisResult> Evaluate(ConnectionMultiplexer redis) =>
            redis.GetDatabase().ScriptEvaluateAsync(script.Text, keys, values);
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
            return await answer.WaitAsync(_options.CommandTimeout, _time, cancellationToken);
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

            throw RedisErrors.ToUnavailable(failure, _options);
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
            throw new LogUnavailableException(
                LogUnavailableReason.Unreachable, $"Redis ({_options.Address}) is not reachable yet.", failure);
        }
    }

    private async Task RunAsync(RedisDoorbells? doorbells)
    {
        CancellationToken stopping = _stopping.Token;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                ConnectionMultiplexer multiplexer = await ConnectAsync(stopping);
                RedisLink? previous = _link;
                var link = new RedisLink(multiplexer, _options.InFlightBytesMax);
                _link = link;
                _first.TrySetResult(link);
                Hook(multiplexer, doorbells);
                doorbells?.MoveTo(multiplexer);
                await DropAsync(previous);
                await _probe.WatchAsync(link, stopping);
                Log.Replacing(_logger, _name, _options.Address);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            await DropAsync(_link);
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                ConnectionMultiplexer multiplexer = await ConnectionMultiplexer.ConnectAsync(Configure());
                multiplexer.PreserveAsyncOrder = false;
                Note(multiplexer.IsConnected, "no server answered");
                return multiplexer;
            }
            catch (Exception failure) when (failure is RedisException or IOException or SocketException)
            {
                Note(false, failure.Message);
            }

            stopping.ThrowIfCancellationRequested();
            await Task.Delay(ConnectRetryMax * (0.5 + (Random.Shared.NextDouble() / 2)), _time, stopping);
        }
    }

    private ConfigurationOptions Configure()
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ClientName = $"realtime-{_name}",
            ConnectTimeout = (int)_options.ConnectTimeout.TotalMilliseconds,
            SyncTimeout = (int)_options.CommandTimeout.TotalMilliseconds,
            Password = _options.Password,
            Ssl = _options.Tls,
            // The library's own keys and channels: we have no use for them.
            TieBreaker = string.Empty,
            ConfigurationChannel = string.Empty,
        };
        if (_options.Tls)
        {
            configuration.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        }

        foreach (string endpoint in _options.Endpoints)
        {
            configuration.EndPoints.Add(endpoint);
        }

        return configuration;
    }

    private void Hook(ConnectionMultiplexer multiplexer, RedisDoorbells? doorbells)
    {
        multiplexer.ConnectionFailed += (_, failed) =>
        {
            if (failed.ConnectionType == ConnectionType.Interactive)
            {
                Note(false, failed.FailureType.ToString());
            }
        };
        multiplexer.ConnectionRestored += (_, restored) =>
        {
            if (restored.ConnectionType == ConnectionType.Interactive)
            {
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
            Log.Connected(_logger, _name, _options.Address);
        }
        else
        {
            Log.Away(_logger, _name, _options.Address, reason);
        }
    }

    private static async Task DropAsync(RedisLink? link)
    {
        if (link is null)
        {
            return;
        }

        await link.Multiplexer.CloseAsync(allowCommandsToComplete: false);
        link.Multiplexer.Dispose();
    }

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
    }
}
