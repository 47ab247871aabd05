namespace Realtime.Protocol.Messages;

/// <summary>What <c>terminal</c> carries.</summary>
public sealed record TerminalMessage
{
    /// <summary>The subscription.</summary>
    public required string Id { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The terminal's epoch.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Offset of the first byte.</summary>
    public required long Offset { get; init; }

    /// <summary>The bytes; may be empty if <see cref="ExitCode"/> is set.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string Stream { get; init; } = "stdout";

    /// <summary>Set on the last message of a terminal that has ended.</summary>
    public int? ExitCode { get; init; }
}
