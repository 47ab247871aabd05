using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Connections;

/// <summary>A connection and what sends for it.</summary>
internal sealed record OpenConnection(ClientConnection Connection, Sender Sender, CatchUp CatchUp, TerminalLane Lane)
    : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        CatchUp.Dispose();
        Lane.Dispose();
    }
}
