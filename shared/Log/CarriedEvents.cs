namespace Realtime.Log;

/// <summary>The events of one append, which came with the bell that was rung for it.</summary>
/// <param name="Before">Where the stream ended before them: who stands exactly there lacks nothing but these.</param>
/// <param name="Entries">The events in their order, at least one, their offsets without holes.</param>
public sealed record CarriedEvents(StreamCursor Before, IReadOnlyList<LogEntry> Entries)
{
    /// <summary>Where the stream ended with them.</summary>
    public StreamCursor After => new(Entries[^1].Id, Before.Epoch);

    /// <summary>Bytes of their envelopes.</summary>
    public int Bytes { get; } = Entries.Sum(static entry => entry.Envelope.Length);
}
