namespace Realtime.Edge.Admin.Edges;

/// <summary>Workers behind the edge.</summary>
/// <param name="Known">In all.</param>
/// <param name="Available">Those that get new work now.</param>
internal readonly record struct EdgeWorkers(int Known, int Available);
