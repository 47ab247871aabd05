namespace Realtime.Hosting.Identity.Jwks;

/// <summary>What became of asking an identity provider for its keys: a closed set, safe as a metric's label.</summary>
internal enum JwksOutcome
{
    /// <summary>They came.</summary>
    Fetched,

    /// <summary>The server could not be reached, or broke off.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, or TLS failed otherwise.</summary>
    Untrusted,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>It answered with another status than 200; redirects are not followed.</summary>
    Refused,

    /// <summary>Its answer is larger than 256 KiB.</summary>
    TooLarge,

    /// <summary>Its answer is no JSON Web Key Set, or has more than 100 keys.</summary>
    Malformed,
}
