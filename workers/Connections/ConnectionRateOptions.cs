using System.ComponentModel.DataAnnotations;

namespace Realtime.Workers.Connections;

/// <summary>
/// How fast one connection may send. A viewer that sends faster is closed 4429; a producer is read no faster; who sends
/// more pings is closed in either case.
/// </summary>
internal sealed record ConnectionRateOptions
{
    /// <summary>Messages of a viewer in a second, acknowledgements not counted; default 50, 1 to 100,000.</summary>
    [ConfigurationKeyName("messages_per_second")]
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>Messages of a viewer at once; default 200, 1 to 1,000,000.</summary>
    [ConfigurationKeyName("messages_burst")]
    [Range(1, 1_000_000)]
    public int MessagesBurst { get; init; } = 200;

    /// <summary>Bytes of a viewer in a second; default 256 KiB, 1 KiB to 1 GiB.</summary>
    [ConfigurationKeyName("bytes_per_second")]
    [Range(1024, 1 << 30)]
    public int BytesPerSecond { get; init; } = 256 * 1024;

    /// <summary>Bytes of a viewer at once; default 1 MiB, 1 KiB to 1 GiB.</summary>
    [ConfigurationKeyName("bytes_burst")]
    [Range(1024, 1 << 30)]
    public int BytesBurst { get; init; } = 1024 * 1024;

    /// <summary>Messages of a producer in a second; default 2,000, 1 to 1,000,000.</summary>
    [ConfigurationKeyName("producer_messages_per_second")]
    [Range(1, 1_000_000)]
    public int ProducerMessagesPerSecond { get; init; } = 2_000;

    /// <summary>Messages of a producer at once; default 4,000, 1 to 1,000,000.</summary>
    [ConfigurationKeyName("producer_messages_burst")]
    [Range(1, 1_000_000)]
    public int ProducerMessagesBurst { get; init; } = 4_000;

    /// <summary>Bytes of a producer in a second; default 16 MiB, 1 KiB to 1 GiB.</summary>
    [ConfigurationKeyName("producer_bytes_per_second")]
    [Range(1024, 1 << 30)]
    public int ProducerBytesPerSecond { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a producer at once; default 32 MiB, 1 KiB to 1 GiB.</summary>
    [ConfigurationKeyName("producer_bytes_burst")]
    [Range(1024, 1 << 30)]
    public int ProducerBytesBurst { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Pings of any connection in a second, and pongs that answer nothing; default 20, 1 to 100,000.
    /// </summary>
    [ConfigurationKeyName("control_frames_per_second")]
    [Range(1, 100_000)]
    public int ControlFramesPerSecond { get; init; } = 20;

    /// <summary>The same at once; default 100, 1 to 1,000,000.</summary>
    [ConfigurationKeyName("control_frames_burst")]
    [Range(1, 1_000_000)]
    public int ControlFramesBurst { get; init; } = 100;

    internal (int MessagesPerSecond, int MessagesBurst, int BytesPerSecond, int BytesBurst) OfViewers =>
        (MessagesPerSecond, MessagesBurst, BytesPerSecond, BytesBurst);

    internal (int MessagesPerSecond, int MessagesBurst, int BytesPerSecond, int BytesBurst) OfProducers =>
        (ProducerMessagesPerSecond, ProducerMessagesBurst, ProducerBytesPerSecond, ProducerBytesBurst);
}
