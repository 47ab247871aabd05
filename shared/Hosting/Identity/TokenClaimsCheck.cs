using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Hosting.Identity;

/// <summary>Judges the claims of a token whose signature is right.</summary>
internal sealed class TokenClaimsCheck(AuthOptions options, TimeProvider clock)
{
    private const int SubjectLengthMax = 256;
    private const int TokenIdLengthMax = 256;

    // RFC 7519 seconds that DateTimeOffset can hold: until the year 9999.
    private const long SecondsMax = 253_402_300_799;

    private readonly string[] _tenantPath = options.TenantClaim.Split('.');
    private readonly string[] _subjectPath = options.SubjectClaim.Split('.');
    private readonly string[] _scopePath = options.ScopeClaim.Split('.');
    private readonly string[] _rolePath = options.RoleClaim.Split('.');

    /// <summary>An identity, or the first reason why not.</summary>
    public TokenVerification Check(JsonElement claims)
    {
        try
        {
            return CheckAll(claims);
        }
        catch (InvalidOperationException)
        {
            return new TokenVerification(TokenFailure.Malformed); // A string with half of a surrogate pair.
        }
    }

    private TokenVerification CheckAll(JsonElement claims)
    {
        if (CheckTimes(claims, out TokenTimes times) is not TokenFailure.None and TokenFailure untimely)
        {
            return new TokenVerification(untimely);
        }

        if (!HasAudience(claims))
        {
            return new TokenVerification(TokenFailure.WrongAudience);
        }

        if (options.Issuer is not null && TextAt(claims, ["iss"]) != options.Issuer)
        {
            return new TokenVerification(TokenFailure.WrongIssuer);
        }

        if (TextAt(claims, _subjectPath) is not { Length: > 0 and <= SubjectLengthMax } subject
            || subject.Any(char.IsControl))
        {
            return new TokenVerification(TokenFailure.NoSubject);
        }

        if (TenantOf(claims) is not string tenant || !EntityName.IsValid(tenant))
        {
            return new TokenVerification(TokenFailure.BadTenant);
        }

        if (ScopeOf(claims) is not string scope || TextAt(claims, ["jti"]) is { Length: > TokenIdLengthMax })
        {
            return new TokenVerification(TokenFailure.Malformed);
        }

        return Grants.TryParse(WithScopeOfRole(claims, scope), out Grants? grants)
            ? new TokenVerification(new Identity
            {
                Tenant = tenant,
                Subject = subject,
                Grants = grants,
                TokenId = TextAt(claims, ["jti"]),
                IssuedAt = times.IssuedAt,
                ExpiresAt = times.ExpiresAt,
            })
            : new TokenVerification(TokenFailure.TooLarge);
    }

    private TokenFailure CheckTimes(JsonElement claims, out TokenTimes times)
    {
        times = default;
        if (!claims.TryGetProperty("exp", out JsonElement exp))
        {
            return TokenFailure.NoExpiry;
        }

        if (SecondsOf(exp) is not long end || !TryTimeOf(claims, "nbf", out DateTimeOffset? start)
            || !TryTimeOf(claims, "iat", out DateTimeOffset? issuedAt))
        {
            return TokenFailure.Malformed;
        }

        times = new TokenTimes(DateTimeOffset.FromUnixTimeSeconds(end), issuedAt);
        DateTimeOffset now = clock.GetUtcNow();
        if (now - options.ClockSkew >= times.ExpiresAt)
        {
            return TokenFailure.Expired;
        }

        // One that is issued in the future could outlive a revocation, which is by that time.
        return now + options.ClockSkew < start || now + options.ClockSkew < issuedAt
            ? TokenFailure.NotYetValid
            : TokenFailure.None;
    }

    private static bool TryTimeOf(JsonElement claims, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out JsonElement claim))
        {
            return true;
        }

        if (SecondsOf(claim) is not long seconds)
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    // A NumericDate may have a fraction (RFC 7519, 2); it is cut off. Times past the year 9999 count as its end.
    private static long? SecondsOf(JsonElement claim)
    {
        if (claim.ValueKind != JsonValueKind.Number || !claim.TryGetDouble(out double seconds)
            || !double.IsFinite(seconds))
        {
            return null;
        }

        return seconds < 0 ? 0 : (long)Math.Min(seconds, SecondsMax);
    }

    private bool HasAudience(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out JsonElement audience))
        {
            return false;
        }

        return audience.ValueKind switch
        {
            JsonValueKind.String => audience.ValueEquals(options.Audience),
            JsonValueKind.Array => audience.EnumerateArray()
                .Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(options.Audience)),
            _ => false,
        };
    }

    // Only where there is no such claim: one that is wrong is nobody's default.
    private string? TenantOf(JsonElement claims) =>
        At(claims, _tenantPath) is JsonElement tenant && tenant.ValueKind != JsonValueKind.Null
            ? TextOf(tenant)
            : options.DefaultTenant;

    private string WithScopeOfRole(JsonElement claims, string scope)
    {
        if (options.RoleScopes.IsDefaultOrEmpty || TextAt(claims, _rolePath) is not string role)
        {
            return scope;
        }

        IEnumerable<string> added = options.RoleScopes.Where(one => one.Role == role).Select(one => one.Scope);
        return string.Join(' ', added.Prepend(scope));
    }

    // No scope is an empty one; null if it has another form.
    private string? ScopeOf(JsonElement claims)
    {
        if (At(claims, _scopePath) is not JsonElement scope || scope.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        return scope.ValueKind switch
        {
            JsonValueKind.String => scope.GetString(),
            JsonValueKind.Array when scope.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) =>
                string.Join(' ', scope.EnumerateArray().Select(one => one.GetString())),
            _ => null,
        };
    }

    private static string? TextAt(JsonElement claims, string[] path) =>
        At(claims, path) is JsonElement claim ? TextOf(claim) : null;

    private static string? TextOf(JsonElement claim) =>
        claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;

    private static JsonElement? At(JsonElement claims, string[] path)
    {
        JsonElement at = claims;
        foreach (string part in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
            {
                return null;
            }
        }

        return at;
    }

    private readonly record struct TokenTimes(DateTimeOffset ExpiresAt, DateTimeOffset? IssuedAt);
}
