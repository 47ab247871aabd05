namespace Realtime.Protocol.Messages;

/// <summary>What is to be leased, or released, and by whom.</summary>
/// <param name="Agent">The agent; with a task the one that works on it, or null.</param>
/// <param name="Task">The task, whose terminal is leased; null = the agent is.</param>
/// <param name="Holder">Who holds it: a name, such as that of the producer.</param>
/// <param name="Epoch">Which life of the holder, 0 to 2^53 - 1: the next one has a higher number.</param>
/// <param name="TtlMs">How long it is held if it is not renewed, ms.</param>
/// <param name="IsRenewal">Whether it is only renewed: one that this life of the holder lost is not taken anew.</param>
public sealed record LeaseRequest(
    string? Agent, string? Task, string Holder, long Epoch, int TtlMs, bool IsRenewal = false)
{
    /// <summary>The shortest time to live, ms.</summary>
    public const int TtlMsMin = 10_000;

    /// <summary>The longest time to live, ms.</summary>
    public const int TtlMsMax = 300_000;

    /// <summary>The time to live if none is given, ms.</summary>
    public const int TtlMsDefault = 30_000;
}
