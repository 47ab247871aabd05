using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Tests.EndToEnd;

/// <summary>An event that was acknowledged to its producer.</summary>
/// <param name="Position">The id it was given.</param>
/// <param name="Envelope">What filters look at.</param>
internal sealed record Published(EventPosition Position, EventEnvelope Envelope);
