using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Where a terminal stands after an append.</summary>
/// <param name="End">Offset after its last byte: where the next append begins.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="IsDuplicate">Whether all of the bytes were there before.</param>
/// <param name="IsStoredBefore">Whether bytes, all or some, were there already when this call asked for the first time:
/// no attempt of its own can have stored them, so they are another producer's, or an earlier call's.</param>
public sealed record TerminalAppended(long End, Epoch Epoch, bool IsDuplicate, bool IsStoredBefore = false);
