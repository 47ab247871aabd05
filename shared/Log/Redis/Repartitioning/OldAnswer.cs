using Realtime.Protocol;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>Consecutive numbers of a producer that were stored at one time, at consecutive offsets.</summary>
/// <param name="Seq">The first number.</param>
/// <param name="Count">How many.</param>
/// <param name="Id">Where the first one stands.</param>
internal readonly record struct OldAnswer(long Seq, long Count, EntryId Id);
