using Microsoft.Extensions.Logging;

namespace Realtime.Client.Connections;

/// <summary>What a client logs: never a token, a payload or a user's text.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1, LogLevel.Debug, "Connecting, attempt {Attempt} in a row.")]
    public static partial void Connecting(ILogger logger, int attempt);

    [LoggerMessage(2, LogLevel.Information, "Connected.")]
    public static partial void Connected(ILogger logger);

    [LoggerMessage(
        3, LogLevel.Information, "Not connected ({Reason}, close code {CloseCode}); attempt {Attempt} in {Delay}.")]
    public static partial void Waiting(ILogger logger, string? reason, int? closeCode, int attempt, TimeSpan delay);

    [LoggerMessage(4, LogLevel.Warning, "Closed for good ({Reason}, close code {CloseCode}).")]
    public static partial void Closed(ILogger logger, string? reason, int? closeCode);

    [LoggerMessage(5, LogLevel.Debug, "Closed by the application.")]
    public static partial void ClosedByApplication(ILogger logger);

    [LoggerMessage(6, LogLevel.Warning, "Noticed: {Code}.")]
    public static partial void Noticed(ILogger logger, string code);

    [LoggerMessage(7, LogLevel.Error, "A handler of the application failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception failure);

    [LoggerMessage(8, LogLevel.Error, "The connection's loop failed: a fault in the SDK.")]
    public static partial void Broken(ILogger logger, Exception failure);
}
