using System.Security.Cryptography;

namespace Realtime.Devhost;

/// <summary>The secrets of one run, random: a token of an earlier run opens nothing.</summary>
internal sealed record DevhostSecrets
{
    /// <summary>Key of the tokens: HS256 over its UTF-8 bytes.</summary>
    public string SigningKey { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Key of what edge and workers sign for each other.</summary>
    public string InternalKey { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Bearer token of the admin endpoint.</summary>
    public string AdminToken { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>Never the secrets themselves.</summary>
    public override string ToString() => "DevhostSecrets { *** }";
}
