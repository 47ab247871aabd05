namespace Realtime.Edge.Admin.Connections;

/// <summary>What one worker closed.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Disconnected">How many.</param>
internal sealed record WorkerDisconnects(string Worker, long Disconnected);
