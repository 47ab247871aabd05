using System.Buffers;
using System.Collections.Immutable;

namespace Realtime.Hosting.Health;

/// <summary>
/// The document of <c>/readyz</c>, for who writes it and who reads it:
/// <c>{"status":"ready|draining|unready","reasons":["…"],"load":{"connections":12}}</c>.
/// </summary>
public sealed record ReadinessReport
{
    /// <summary>Key of the number of open client connections in <see cref="Load"/>.</summary>
    public const string Connections = "connections";

    /// <summary>The worst that any check said.</summary>
    public required ReadinessStatus Status { get; init; }

    /// <summary>Why it is not ready; empty if it is.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>Figures of load by name.</summary>
    public ImmutableSortedDictionary<string, long> Load { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Writes the document as UTF-8 JSON.</summary>
    public void Write(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Reads a document of another process; null if it is none. Unknown fields are skipped.</summary>
    public static ReadinessReport? TryRead(ReadOnlySpan<byte> json) => throw new NotImplementedException();
}
