namespace Realtime.Hosting.Identity.Keys;

/// <summary>
/// A public key that verifies tokens, by the one algorithm that its kind has. A token never chooses: what it announces
/// must be what the key does.
/// </summary>
internal interface ITokenKey
{
    /// <summary>The algorithm's name in <c>alg</c>.</summary>
    string Algorithm { get; }

    /// <summary>Whether it signed the bytes. Never throws; may be called by many at once.</summary>
    bool IsSigned(ReadOnlySpan<byte> signedBytes, ReadOnlySpan<byte> signature);
}
