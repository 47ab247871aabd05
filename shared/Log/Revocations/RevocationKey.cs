using System.Diagnostics.CodeAnalysis;

namespace Realtime.Log.Revocations;

/// <summary>Whom a revocation is about.</summary>
/// <param name="Tenant">The tenant, a name.</param>
/// <param name="Kind">What of it.</param>
/// <param name="Name">The subject, or the token's id; empty for the tenant as a whole.</param>
public readonly record struct RevocationKey(string Tenant, RevocationKind Kind, string Name)
{
    /// <summary>Longest subject and longest id of a token, in characters.</summary>
    public const int NameLengthMax = 256;

    private const string Kinds = "tsj";

    /// <summary>All of a tenant.</summary>
    public static RevocationKey OfTenant(string tenant) => new(tenant, RevocationKind.Tenant, string.Empty);

    /// <summary>One subject of a tenant.</summary>
    public static RevocationKey OfSubject(string tenant, string subject) =>
        new(tenant, RevocationKind.Subject, subject);

    /// <summary>One token of a tenant.</summary>
    public static RevocationKey OfToken(string tenant, string tokenId) => new(tenant, RevocationKind.Token, tokenId);

    /// <summary>
    /// As one text: <c>t:acme/</c>, <c>s:acme/ann</c>, <c>j:acme/7f3a</c>. Names of tenants hold no slash, so that no
    /// two keys have the same.
    /// </summary>
    public override string ToString() => $"{Kinds[(int)Kind]}:{Tenant}/{Name}";

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RevocationKey? key)
    {
        key = null;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 2 || text[1] != ':' || Kinds.IndexOf(text[0], StringComparison.Ordinal) is not (>= 0 and var kind))
        {
            return false;
        }

        key = new RevocationKey(text[2..slash], (RevocationKind)kind, text[(slash + 1)..]);
        return true;
    }
}
