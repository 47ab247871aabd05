namespace Realtime.Workers.Delivery;

/// <summary>A message for one connection alone: its <c>op</c> and its JSON.</summary>
/// <param name="Op">Its <c>op</c>.</param>
/// <param name="Json">The whole message.</param>
/// <param name="Sent">Called by the send loop once it was written, before anything else is.</param>
internal readonly record struct ControlMessage(string Op, ReadOnlyMemory<byte> Json, Action? Sent = null);
