namespace Realtime.Hosting.Identity.Jwks;

/// <summary>What a token's signature is worth.</summary>
internal enum SignatureVerdict
{
    /// <summary>A key that is known signed it.</summary>
    Good,

    /// <summary>No key that is known signed it.</summary>
    Bad,

    /// <summary>Nobody can say: the keys, or the one that it names, could not be fetched.</summary>
    KeysUnavailable,
}
