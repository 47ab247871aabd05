using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Turns what the client library throws into the log's one exception.</summary>
internal static class RedisErrors
{
    /// <summary>Why a failure makes the log unavailable, with what an operator should do.</summary>
    public static LogUnavailableException ToUnavailable(Exception failure, RedisOptions options) => failure switch
    {
        LogUnavailableException already => already,
        RedisServerException server => Answered(server, options),
        TimeoutException => new LogUnavailableException(
            LogUnavailableReason.TimedOut,
            $"Redis ({options.Address}) gave no answer within {options.CommandTimeout.TotalMilliseconds:0} ms.",
            failure),
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => new LogUnavailableException(
            LogUnavailableReason.Refused, $"Redis ({options.Address}) refused the password. Set {RedisOptions.Section}:password.", failure),
        RedisConnectionException { FailureType: ConnectionFailureType.Loading } => new LogUnavailableException(
            LogUnavailableReason.Refused, $"Redis ({options.Address}) is still loading its data.", failure),
        RedisCommandException => new LogUnavailableException(
            LogUnavailableReason.Refused, $"Redis ({options.Address}) could not be given the command: {failure.Message}", failure),
        _ => new LogUnavailableException(
            LogUnavailableReason.Unreachable, $"Redis ({options.Address}) is not reachable.", failure),
    };

    /// <summary>Whether the server forgot a script (it was restarted or flushed): nothing of it ran, so sending it again is right.</summary>
    public static bool IsUnknownScript(Exception failure) =>
        failure is RedisServerException && failure.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>Whether the server is a replica by now, so that the primary has to be looked for.</summary>
    public static bool IsReplica(Exception failure) =>
        failure is RedisServerException && failure.Message.Contains("READONLY", StringComparison.Ordinal);

    // Errors inside a script carry their code after a prefix in older servers, so it is looked for, not compared.
    private static LogUnavailableException Answered(RedisServerException failure, RedisOptions options)
    {
        string message = failure.Message;
        if (message.Contains("OOM ", StringComparison.Ordinal))
        {
            return new LogUnavailableException(
                LogUnavailableReason.Full,
                $"Redis ({options.Address}) is full: raise its maxmemory, or lower retention_hours or stored_bytes_per_tenant_max.",
                failure);
        }

        return new LogUnavailableException(
            LogUnavailableReason.Refused, $"Redis ({options.Address}) refused a command: {message}", failure);
    }
}
