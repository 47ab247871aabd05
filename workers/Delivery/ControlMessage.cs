namespace Realtime.Workers.Delivery;

/// <summary>A message for one connection alone: its <c>op</c> and its JSON.</summary>
internal readonly record struct ControlMessage(string Op, ReadOnlyMemory<byte> Json);
