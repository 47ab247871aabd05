using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>Turns what the client library throws into the log's one exception.</summary>
internal static class RedisErrors
{
    /// <summary>
    /// Why a failure makes the log unavailable, with what an operator should do. Older servers put a prefix before the
    /// code of an error inside a script, so codes are looked for, not compared.
    /// </summary>
    public static LogUnavailableException ToUnavailable(Exception failure, RedisOptions options)
    {
        string redis = $"Redis ({options.Address})";
        (LogUnavailableReason reason, string message) = failure switch
        {
            LogUnavailableException already => (already.Reason, already.Message),
            RedisServerException answer when answer.Message.Contains("OOM ", StringComparison.Ordinal) => (
                LogUnavailableReason.Full,
                $"{redis} is full: raise its maxmemory, or lower retention_hours or stored_bytes_per_tenant_max."),
            RedisServerException answer when answer.Message.Contains(RedisKeys.Sealed, StringComparison.Ordinal) => (
                LogUnavailableReason.Repartitioning, $"{redis}: the partition is sealed, the log is repartitioned."),
            RedisServerException answer when answer.Message.Contains("NOAUTH", StringComparison.Ordinal)
                || answer.Message.Contains("WRONGPASS", StringComparison.Ordinal) => (
                LogUnavailableReason.WrongPassword,
                $"{redis} refused the password: correct {RedisOptions.Section}:password or password_file."),
            RedisServerException answer => (
                LogUnavailableReason.Refused, $"{redis} refused a command: {answer.Message}"),
            RedisCommandException => (
                LogUnavailableReason.Refused, $"{redis} could not be given the command: {failure.Message}"),
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => (
                LogUnavailableReason.WrongPassword,
                $"{redis} refused the password: correct {RedisOptions.Section}:password or password_file."),
            RedisConnectionException { FailureType: ConnectionFailureType.Loading } => (
                LogUnavailableReason.Refused, $"{redis} is still loading its data."),
            TimeoutException => (
                LogUnavailableReason.TimedOut,
                $"{redis} gave no answer within {options.CommandTimeout.TotalMilliseconds:0} ms."),
            _ => (LogUnavailableReason.Unreachable, $"{redis} is not reachable."),
        };
        return new LogUnavailableException(reason, message, failure);
    }

    /// <summary>
    /// Whether the server forgot a script (it was restarted or flushed): nothing of it ran, so sending it again is
    /// right.
    /// </summary>
    public static bool IsUnknownScript(Exception failure) =>
        failure is RedisServerException && failure.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>Whether the server is a replica by now, so that the primary has to be looked for.</summary>
    public static bool IsReplica(Exception failure) =>
        failure is RedisServerException && failure.Message.Contains("READONLY", StringComparison.Ordinal);
}
