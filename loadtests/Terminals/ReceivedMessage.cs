using System.Buffers.Text;

namespace Realtime.Loadtests.Terminals;

/// <summary>One message of the server, as far as it concerns terminals; views of the frame, valid while that
/// is.</summary>
internal ref struct ReceivedMessage
{
    /// <summary>Its <c>op</c>.</summary>
    public MessageKind Kind { get; set; }

    /// <summary>Name of the subscription.</summary>
    public ReadOnlySpan<byte> Id { get; set; }

    /// <summary>Where its bytes stand, or where delivery begins.</summary>
    public long Offset { get; set; }

    /// <summary>How many bytes of the terminal.</summary>
    public int Length { get; set; }

    /// <summary>The bytes as they are written.</summary>
    public ReadOnlySpan<byte> Data { get; set; }

    /// <summary>How they are written.</summary>
    public DataCoding Coding { get; set; }

    /// <summary>The terminal's life.</summary>
    public ReadOnlySpan<byte> Epoch { get; set; }

    /// <summary>Of a gap: <c>offset.epoch</c> of the first byte that will come.</summary>
    public ReadOnlySpan<byte> ResumesAt { get; set; }

    /// <summary>The offset in <see cref="ResumesAt"/>.</summary>
    public readonly long ResumesAtOffset => Utf8Parser.TryParse(ResumesAt, out long offset, out _) ? offset : -1;

    /// <summary>The kind of an <c>op</c>.</summary>
    public static MessageKind KindOf(ReadOnlySpan<byte> op) =>
        op.SequenceEqual("terminal"u8) ? MessageKind.Terminal
        : op.SequenceEqual("subscribed"u8) ? MessageKind.Subscribed
        : op.SequenceEqual("gap"u8) ? MessageKind.Gap
        : op.SequenceEqual("error"u8) ? MessageKind.Error
        : op.SequenceEqual("welcome"u8) ? MessageKind.Welcome
        : MessageKind.Other;
}
