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

    /// <summary>Whether something is at work in it, or its producer is to pause.</summary>
    public bool IsBusy => Inside > 0 || Paused is not null;

    /// <summary>Whether it is one of the terminals that are counted as busy.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Its place among the terminals of which only a refusal is remembered, if it is one of them.</summary>
    public LinkedListNode<ProducerLane>? Remembered { get; set; }
}
