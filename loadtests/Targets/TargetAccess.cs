using Realtime.Loadtests.Speech;

namespace Realtime.Loadtests.Targets;

/// <summary>What clients need to reach a system; handed to client processes over their standard input.</summary>
/// <param name="Edges">
/// Base addresses; client n goes to number n mod these. Https: edges, or what stands in their place; http: workers, or
/// what stands in theirs.
/// </param>
/// <param name="PublisherToken">Bearer token that may publish.</param>
/// <param name="SigningKey">Key to mint viewers' tokens with; null: they share one.</param>
/// <param name="ViewerToken">The one that they share.</param>
/// <param name="CertificateFile">Certificate to trust; null: the machine's own.</param>
internal sealed record TargetAccess(
    IReadOnlyList<Uri> Edges, string PublisherToken, string? SigningKey, string? ViewerToken, string? CertificateFile)
{
    /// <summary>Where events are published; empty: where viewers connect.</summary>
    public IReadOnlyList<Uri> Ingest { get; init; } = [];

    /// <summary>Key to stamp identities with, as an edge does, where clients go straight to workers.</summary>
    public string? StampKey { get; init; }

    /// <summary>What its WebSockets speak.</summary>
    public SpeechKind Speech { get; init; }

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"TargetAccess {{ Edges = {string.Join(", ", Edges)} }}";
}
