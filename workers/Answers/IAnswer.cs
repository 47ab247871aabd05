using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Workers.Answers;

/// <summary>
/// An answer of one map, given piece by piece. Counts are what MessagePack has to say beforehand; names and values
/// stand in the order in which they are written.
/// </summary>
internal interface IAnswer : IDisposable
{
    /// <summary>Writes the name of the value that follows.</summary>
    void WriteName(string name);

    void StartMap(int pairs);

    void EndMap();

    void StartList(int count);

    void EndList();

    void WriteText(string text);

    void WriteNumber(long number);

    void WriteBoolean(bool value);

    /// <summary>Writes an <c>event</c> message; in MessagePack with its payload as it is stored.</summary>
    void WriteEvent(EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot);

    /// <summary>Sends what was written so far, if it is much.</summary>
    ValueTask FlushIfFullAsync();

    /// <summary>Ends the map and sends it.</summary>
    Task CompleteAsync();
}
