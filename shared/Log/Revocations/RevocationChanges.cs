namespace Realtime.Log.Revocations;

/// <summary>What changed behind a place.</summary>
/// <param name="Place">Up to where this is all.</param>
/// <param name="Changes">The changes, oldest first, the latest of each key.</param>
/// <param name="IsRestart">
/// The place was none of this life: this begins at the store's beginning, and what was known and does not come again
/// was lost.
/// </param>
/// <param name="HasMore">Whether there is more: ask again with <paramref name="Place"/>.</param>
public sealed record RevocationChanges(
    RevocationPlace Place, IReadOnlyList<RevocationChange> Changes, bool IsRestart, bool HasMore);
