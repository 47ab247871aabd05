using System.Globalization;
using System.Net;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Connections;

/// <summary>How an attempt to connect, or the connection that it made, ended; and so what is next.</summary>
internal sealed record ConnectionEnd
{
    private const int Broken = 1006;
    private const int Restart = 1012;

    /// <summary>The longest wait that a server may ask for: what is more is a fault of something in between.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(5);

    /// <summary>What is next.</summary>
    public required ConnectionNext Next { get; init; }

    /// <summary>Whether it had come as far as <c>welcome</c>.</summary>
    public bool WasWelcomed { get; init; }

    public int? CloseCode { get; init; }

    /// <summary>What went wrong; null after a drain.</summary>
    public RealtimeException? Error { get; init; }

    /// <summary>In a word for the state: one of <see cref="ConnectionReasons"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>The delay that <c>drain</c> set.</summary>
    public TimeSpan? DrainDelay { get; init; }

    /// <summary>How long to wait at least.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>The network failed, or something like it.</summary>
    public static ConnectionEnd Failed(string reason, RealtimeException error) =>
        new() { Next = ConnectionNext.Retry, Reason = reason, Error = error };

    /// <summary>The server closed the WebSocket, or it broke (1006): PROTOCOL.md section 12.</summary>
    public static ConnectionEnd OfClose(int code, string? reason, TimeSpan? drainDelay)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"The connection was closed with {code} {reason}.");
        bool drained = drainDelay is not null && CloseCodes.ShouldReconnect(code);
        return new ConnectionEnd
        {
            Next = CloseCodes.ShouldReconnect(code) ? ConnectionNext.Retry
                : code == (int)Realtime.Protocol.CloseCode.Unauthorized ? ConnectionNext.RetryWithFreshToken
                : ConnectionNext.Close,
            CloseCode = code,
            Error = drained ? null : new RealtimeException(CodeOf(code), words, CloseCodes.ShouldReconnect(code)),
            Reason = drained ? ConnectionReasons.Drain
                : code == (int)Realtime.Protocol.CloseCode.Unauthorized ? ConnectionReasons.Unauthorized
                : code == Broken ? ConnectionReasons.Lost
                : ConnectionReasons.Closed,
            DrainDelay = drained ? drainDelay : null,
        };
    }

    /// <summary>It broke, or was given up here.</summary>
    /// <param name="failure">How that was seen.</param>
    /// <param name="isDeadPeer">Nothing came any more.</param>
    /// <param name="overdue">How long a <c>welcome</c> was waited for; null if there was one.</param>
    /// <param name="drainDelay">What <c>drain</c> set, if there was one.</param>
    public static ConnectionEnd OfBreak(
        Exception failure, bool isDeadPeer, TimeSpan? overdue, TimeSpan? drainDelay) =>
        isDeadPeer
            ? Failed(ConnectionReasons.DeadPeer, new RealtimeException(
                ClientErrorCodes.Timeout, "Nothing came for twice the heartbeat.", retry: true, failure))
            : drainDelay is not null && failure is OperationCanceledException
            ? OfClose(Restart, "the server said that it leaves, and did not close", drainDelay)
            : overdue is null || failure is not OperationCanceledException
            ? OfClose(Broken, failure.Message, drainDelay)
            : Failed(ConnectionReasons.Timeout, new RealtimeException(
                ClientErrorCodes.Timeout, $"No welcome within {overdue}.", retry: true, failure));

    /// <summary>
    /// The handshake was refused. <paramref name="code"/> and <paramref name="detail"/> are those of the problem
    /// document, if one could be read.
    /// </summary>
    public static ConnectionEnd OfRefusal(HttpStatusCode status, TimeSpan retryAfter, string? code, string? detail)
    {
        string words = detail ?? string.Create(
            CultureInfo.InvariantCulture, $"The handshake was answered by {(int)status} instead of 101.");
        return status switch
        {
            HttpStatusCode.Unauthorized => new ConnectionEnd
            {
                Next = ConnectionNext.RetryWithFreshToken,
                Reason = ConnectionReasons.Unauthorized,
                Error = new RealtimeException(ErrorCodes.Unauthorized, words, retry: false),
            },
            HttpStatusCode.Forbidden => new ConnectionEnd
            {
                Next = ConnectionNext.Close,
                Reason = ConnectionReasons.Refused,
                Error = new RealtimeException(code ?? ErrorCodes.Forbidden, words, retry: false),
            },
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => new ConnectionEnd
            {
                Next = ConnectionNext.Retry,
                Reason = ConnectionReasons.Refused,
                Error = new RealtimeException(
                    code ?? (status == HttpStatusCode.TooManyRequests ? ErrorCodes.RateLimited : ErrorCodes.NoWorker),
                    words, retry: true),
                RetryAfter = retryAfter > RetryAfterMax ? RetryAfterMax : retryAfter,
            },
            _ => Failed(ConnectionReasons.Unreachable, new RealtimeException(words)),
        };
    }

    private static string CodeOf(int closeCode) => closeCode switch
    {
        1000 => ClientErrorCodes.Closed,
        1001 or 1012 => ErrorCodes.Draining,
        1005 or Broken => ClientErrorCodes.Network,
        4408 => ClientErrorCodes.Timeout,
        1011 => ErrorCodes.Internal,
        1013 => ErrorCodes.NoWorker,
        4400 => ErrorCodes.BadRequest,
        4401 => ErrorCodes.Unauthorized,
        4403 => ErrorCodes.Forbidden,
        4404 => ErrorCodes.NotFound,
        4413 => ErrorCodes.TooLarge,
        4429 => ErrorCodes.RateLimited,
        _ => ClientErrorCodes.Protocol,
    };
}
