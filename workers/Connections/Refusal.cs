using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Connections;

/// <summary>Why a subscription was not made; <see cref="CloseCode"/> is used where the connection was made for it
/// alone.</summary>
internal readonly record struct Refusal(string Code, string Detail, CloseCode CloseCode, bool Retry = false)
{
    public static readonly Refusal LogAway = new(
        ErrorCodes.LogUnavailable, "The event log does not answer; subscribe again in a moment.",
        CloseCode.TryAgainLater, true);

    public static readonly Refusal TooManyFollowed = new(
        ErrorCodes.RateLimited,
        "This worker follows as many streams and terminals as it may; subscribe again in a moment.",
        CloseCode.TryAgainLater, true);
}
