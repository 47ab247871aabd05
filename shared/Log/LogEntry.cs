using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>One stored event: its id and its envelope as stored (MessagePack, see <c>EnvelopeCodec</c>).</summary>
public readonly record struct LogEntry(EntryId Id, ReadOnlyMemory<byte> Envelope);
