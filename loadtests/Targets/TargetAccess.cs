namespace Realtime.Loadtests.Targets;

/// <summary>What clients need to reach a system; handed to client processes over their standard input.</summary>
/// <param name="Edges">Https base addresses; client n goes to number n mod these.</param>
/// <param name="PublisherToken">Bearer token that may publish.</param>
/// <param name="SigningKey">Key to mint viewers' tokens with; null: they share one.</param>
/// <param name="ViewerToken">The one that they share.</param>
/// <param name="CertificateFile">Certificate to trust; null: the machine's own.</param>
internal sealed record TargetAccess(
    IReadOnlyList<Uri> Edges, string PublisherToken, string? SigningKey, string? ViewerToken, string? CertificateFile)
{
    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"TargetAccess {{ Edges = {string.Join(", ", Edges)} }}";
}
