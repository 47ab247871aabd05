namespace Realtime.Protocol.Events;

/// <summary>Limits on one request to publish.</summary>
/// <param name="EventsMax">Events in one request, 1 to 10,000; default 1,000.</param>
/// <param name="PayloadBytesMax">Bytes of one payload as stored (MessagePack), 64 to 1,048,576; default 65,536.</param>
/// <param name="PayloadDepthMax">Arrays and objects inside each other in one payload, 0 to 128; default 32.</param>
/// <param name="ValuesMax">
/// Values in all payloads together, keys included, 100 to 4,000,000; default 250,000 (an ordinary payload has below
/// 50).
/// </param>
public sealed record PublishLimits(
    int EventsMax = 1_000, int PayloadBytesMax = 65_536, int PayloadDepthMax = 32, int ValuesMax = 250_000)
{
    /// <summary>Errors that one answer tells, at most; 100.</summary>
    public const int ErrorsMax = 100;

    /// <summary>Latest time of a producer's clock: the end of the year 9999, milliseconds since 1970.</summary>
    public const long ProducedMsMax = 253_402_300_799_999;
}
