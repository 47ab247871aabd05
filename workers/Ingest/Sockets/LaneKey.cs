namespace Realtime.Workers.Ingest.Sockets;

/// <summary>Where order is kept: a stream of events, or the terminal of a task.</summary>
internal readonly record struct LaneKey(int Partition, string? Task);
