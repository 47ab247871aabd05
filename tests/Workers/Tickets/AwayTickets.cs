using Realtime.Log.Tickets;

namespace Realtime.Tests.Workers.Tickets;

/// <summary>The tickets of a log that is away.</summary>
internal sealed class AwayTickets : ITicketStore
{
    public Task<bool> TryAddAsync(
        string hash, TicketRecord record, TimeSpan lifetime, int outstandingMax, CancellationToken cancellationToken) =>
        throw FaultyLog.Away();

    public Task<TicketRecord?> TakeAsync(string hash, CancellationToken cancellationToken) => throw FaultyLog.Away();
}
