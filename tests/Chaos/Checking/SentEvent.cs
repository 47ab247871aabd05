namespace Realtime.Tests.Chaos.Checking;

/// <summary>An event that a producer sent, as the ledger knows it.</summary>
/// <param name="Key">Its idempotency key, which it carries in its payload too.</param>
/// <param name="Group">Events of one group keep their order.</param>
/// <param name="Number">Its number in the group, from 0, in the order of sending.</param>
/// <param name="Facts">What it is about.</param>
/// <param name="SentAt">The ledger's time before it was first sent.</param>
internal sealed record SentEvent(string Key, string Group, int Number, EventFacts Facts, long SentAt)
{
    /// <summary>Where it was acknowledged to stand; null until then.</summary>
    public Place? Acknowledged { get; set; }

    /// <summary>Whether it must be in history, wherever it stands: it was acknowledged, or is the log's own.</summary>
    public bool MustStand { get; set; }

    /// <summary>When it was acknowledged, as <see cref="TimeProvider.GetTimestamp"/> says; null if it wasn't.</summary>
    public long? AcknowledgedAt { get; set; }
}
