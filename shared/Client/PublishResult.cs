using System.Diagnostics.CodeAnalysis;
using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>What became of one event.</summary>
/// <param name="Id">Its place in the log; null if it was not stored, or was stored so long before that only its number
/// is remembered (<see cref="ProducerOptions"/>).</param>
/// <param name="IsDuplicate">Whether it was stored before, under the same key or number: <paramref name="Id"/> is the
/// first one's.</param>
/// <param name="Error">Why it was not stored; null if it was.</param>
public sealed record PublishResult(EventPosition? Id, bool IsDuplicate, RealtimeException? Error)
{
    /// <summary>How long to wait at least before it is sent again.</summary>
    internal TimeSpan RetryAfter { get; init; }

    /// <summary>Whether it is in the log.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsStored => Error is null;
}
