using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>The place of one request among the others of its connection, by lane.</summary>
internal sealed class RequestTurn(ProducerLanes lanes, long seq)
{
    /// <summary>
    /// What a request gets that came behind a refused one, so that sending both again keeps the order.
    /// </summary>
    public static readonly IngestAnswer.Refused AfterRefused = new(
        StatusCodes.Status409Conflict, ErrorCodes.AfterRefused,
        "A request before it was refused, and nothing of this one was stored. "
        + "Send that one again under its seq, then this.");

    /// <summary>Enters the lane of a stream of events.</summary>
    public LaneTurn EnterStream(int partition) => lanes.EnterStream(partition, seq);

    /// <summary>Enters the lane of a terminal; null if the connection has as many as it may.</summary>
    public LaneTurn? TryEnterTerminal(string task) => lanes.TryEnterTerminal(task, seq);
}
