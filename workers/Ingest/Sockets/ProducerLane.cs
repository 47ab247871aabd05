using Realtime.Log;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>One lane of a connection. Guarded by its <see cref="ProducerLanes"/>.</summary>
internal sealed class ProducerLane(LaneKey key)
{
    public LaneKey Key => key;

    /// <summary>Ends when the last request that entered has left.</summary>
    public Task Last { get; set; } = Task.CompletedTask;

    /// <summary>Requests inside, at work or waiting.</summary>
    public int Inside { get; set; }

    /// <summary>The number of the request that was refused, and must come again first; null if none was.</summary>
    public long? RefusedSeq { get; set; }

    /// <summary>The pressure that its producer was told to pause for; null if it may go on.</summary>
    public Pressure? Paused { get; set; }

    /// <summary>Whether nothing has to be remembered of it.</summary>
    public bool IsForgettable => Inside == 0 && RefusedSeq is null && Paused is null;
}
