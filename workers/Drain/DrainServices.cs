using Realtime.Workers.Connections;

namespace Realtime.Workers.Drain;

/// <summary>What all drains of a worker share.</summary>
internal sealed record DrainServices(
    ConnectionRegistry Registry, ConnectionOptions Connections, DrainMetrics Metrics, TimeProvider Clock,
    ILogger<DrainRun> Logger);
