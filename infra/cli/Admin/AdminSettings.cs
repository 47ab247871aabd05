using System.Security.Cryptography.X509Certificates;

namespace Realtime.Cli.Admin;

/// <summary>Which edge's operators' address, and by what right.</summary>
internal sealed record AdminSettings
{
    public required Uri Address { get; init; }

    public required string Token { get; init; }

    public X509Certificate2? TrustedCertificate { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"AdminSettings {{ Address = {Address} }}";
}
