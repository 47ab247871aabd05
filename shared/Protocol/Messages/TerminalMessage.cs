namespace Realtime.Protocol.Messages;

/// <summary>What <c>terminal</c> carries.</summary>
public sealed record TerminalMessage
{
    /// <summary>The subscription; stands in no body that many share.</summary>
    public required string Id { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The terminal's epoch.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Offset of the first byte.</summary>
    public required long Offset { get; init; }

    /// <summary>The bytes, or the LZ4 block that holds them; empty for a message that tells something else.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Bytes that <see cref="Data"/> decompresses to; null if it is no LZ4 block but the bytes themselves.
    /// </summary>
    public int? DecompressedLength { get; init; }

    /// <summary>How many bytes of the terminal it carries.</summary>
    public int Length => DecompressedLength ?? Data.Length;

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string Stream { get; init; } = "stdout";

    /// <summary>Set on the last message of a terminal that has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>From this offset on the terminal's screen has so many columns and rows.</summary>
    public (int Columns, int Rows)? Resize { get; init; }
}
