using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>Numbers before an event's are missing in the log.</summary>
internal sealed class ProducerGapException(string detail, long expected)
    : RealtimeException(ErrorCodes.ProducerGap, detail, retry: false)
{
    /// <summary>The number that the log takes next.</summary>
    public long Expected { get; } = expected;
}
