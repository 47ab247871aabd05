using System.Collections.Immutable;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>The keys of an identity provider at one time. Never changes.</summary>
/// <param name="keys">Those that can be used here.</param>
/// <param name="skipped">How many others there were.</param>
internal sealed class JwksSet(ImmutableArray<JwksKey> keys, int skipped)
{
    // For tokens that name no key: verifying costs time, and providers have two or three.
    private const int TriedMax = 8;

    /// <summary>How many keys there are.</summary>
    public int Count => keys.Length;

    /// <summary>How many keys could not be used: of another kind or use, or too weak.</summary>
    public int Skipped => skipped;

    /// <summary>Whether there is the key that the token names.</summary>
    public bool HasKeyOf(CompactToken token)
    {
        foreach (JwksKey key in keys)
        {
            if (token.KeyId is not null && key.Id == token.KeyId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the token is signed by the key that it names; if it names none, by one of the first eight of its
    /// algorithm.
    /// </summary>
    public bool IsSigned(CompactToken token)
    {
        int left = TriedMax;
        foreach (JwksKey key in keys)
        {
            bool isMeant = token.KeyId is null || token.KeyId == key.Id;
            if (!isMeant || key.Key.Algorithm != token.Algorithm)
            {
                continue;
            }

            if (key.Key.IsSigned(token.SignedBytes, token.Signature))
            {
                return true;
            }

            if (--left == 0)
            {
                return false;
            }
        }

        return false;
    }
}
