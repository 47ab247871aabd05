using System.IO.Pipelines;

namespace Realtime.Workers.Connections;

/// <summary>The transport of an accepted WebSocket.</summary>
/// <param name="Pipe">Its bytes.</param>
/// <param name="Abort">Ends it without another byte.</param>
/// <param name="Gone">Cancelled when it is gone.</param>
internal sealed record AcceptedSocket(IDuplexPipe Pipe, Action Abort, CancellationToken Gone);
