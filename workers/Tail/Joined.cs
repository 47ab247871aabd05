using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>A subscription that was added to a stream, and the latest values there, if they were wanted.</summary>
internal readonly record struct Joined(Joiner Joiner, IReadOnlyList<SharedEvent> Values);
