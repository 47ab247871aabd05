using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>A lease as its holder wants it.</summary>
/// <param name="Key">What is leased.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="Term">For how long, from each renewal on; whole milliseconds.</param>
/// <param name="Agent">Of a task the agent that works on it, if that is to be told.</param>
/// <param name="IsRenewal">
/// Whether it is only renewed: one that this life of the holder does not have is not taken anew, or a holder that was
/// declared lost and does not know it yet would have it once more, and be declared lost once more.
/// </param>
public sealed record Lease(
    LeaseKey Key, ProducerClaim Holder, TimeSpan Term, string? Agent = null, bool IsRenewal = false);
