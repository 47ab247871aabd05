using System.Buffers;
using Realtime.Client.Wire;

namespace Realtime.Client.Subscriptions;

/// <summary>One subscription, as the connection sees it.</summary>
internal interface IFeed
{
    string Id { get; }

    /// <summary>Takes a message that names it.</summary>
    /// <exception cref="RealtimeException">It is against the protocol.</exception>
    void OnMessage(ServerMessage message);

    /// <summary>Takes an event that stood behind its <c>replay</c> header.</summary>
    void OnReplayed(AgentEvent arrived, EventOrigin origin, int bytes);

    /// <summary>Writes the message that is to be sent next; false if there is none for now.</summary>
    bool TryWriteNext(IBufferWriter<byte> output);

    /// <summary>The connection is gone; another may come.</summary>
    void OnDisconnected();

    /// <summary>Ends it; the application gets what waits, then the error.</summary>
    void Fail(RealtimeException error);

    /// <summary>Ends it for the application, which wants nothing more.</summary>
    void Close();
}
