using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The signed, short-lived identity that the edge stamps on what it forwards (header <see cref="Header"/>); a worker
/// accepts nothing else.
/// </summary>
/// <remarks>
/// Form: <c>v1.&lt;payload&gt;.&lt;mac&gt;</c>, both base64url. Payload: JSON with one-letter keys. Mac: HMAC-SHA256 of
/// all that stands before its dot, the version included. It is not bound to a request: who can read the traffic between
/// edge and worker can use it until it ends, which is why it ends soon.
/// </remarks>
public sealed class IdentityStamp
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Realtime-Identity";

    /// <summary>Longest stamp, in characters: the longest scope (4 KiB), subject and ids, all escaped, fit.</summary>
    public const int LengthMax = 16 * 1024;

    private const string Version = "v1.";

    // What DateTimeOffset can hold: until the year 9999.
    private const long SecondsMax = 253_402_300_799;

    private readonly StampKeys _keys;
    private readonly IdentityStampOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Reads the keys, once.</summary>
    public IdentityStamp(IdentityStampOptions options, TimeProvider clock)
        : this(options, clock, new InternalKeys(options))
    {
    }

    /// <summary>Signs and verifies by the keys as they are at each time.</summary>
    public IdentityStamp(IdentityStampOptions options, TimeProvider clock, InternalKeys keys)
    {
        _options = options;
        _clock = clock;
        _keys = new StampKeys(keys, "");
    }

    /// <summary>Signs an identity, valid from now for the option's lifetime (30 s).</summary>
    /// <param name="identity">Who.</param>
    /// <param name="ahead">
    /// By how much the clock of who will read it is ahead of ours. When it was made and when the token ends are written
    /// by that clock; when the token was issued stays as the token says, the same for every reader.
    /// </param>
    public string Sign(Identity identity, TimeSpan ahead = default)
    {
        long expiresAt = identity.ExpiresAt.ToUnixTimeSeconds() + (long)Math.Floor(ahead.TotalSeconds);
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("t", identity.Tenant);
            json.WriteString("s", identity.Subject);
            json.WriteString("g", identity.Grants.Scope);
            json.WriteString("j", identity.TokenId);
            json.WriteNumber("x", Math.Clamp(expiresAt, 0, SecondsMax));
            if (identity.IssuedAt is { } issuedAt)
            {
                json.WriteNumber("a", issuedAt.ToUnixTimeSeconds());
            }

            json.WriteString("e", identity.EdgeId);
            json.WriteString("c", identity.ConnectionId);
            json.WriteNumber("i", (_clock.GetUtcNow() + ahead).ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }

        string signed = Version + Base64Url.EncodeToString(payload.WrittenSpan);
        return $"{signed}.{_keys.Sign(signed)}";
    }

    /// <summary>Verifies a stamp; false if the signature, form or time is wrong.</summary>
    public bool TryVerify(string? stamp, [NotNullWhen(true)] out Identity? identity)
    {
        _ = Verify(stamp, out identity);
        return identity is not null;
    }

    /// <summary>Verifies a stamp: first its signature, then its form, its time last.</summary>
    /// <param name="stamp">The stamp.</param>
    /// <param name="identity">Whose it is, if it is good; else null.</param>
    public StampVerdict Verify(string? stamp, out Identity? identity)
    {
        identity = null;
        if (stamp is null || stamp.Length > LengthMax || !stamp.StartsWith(Version, StringComparison.Ordinal))
        {
            return StampVerdict.Wrong;
        }

        int dot = stamp.LastIndexOf('.');
        return dot > Version.Length && _keys.IsSigned(stamp[..dot], stamp.AsSpan(dot + 1))
            ? Read(stamp.AsSpan(Version.Length, dot - Version.Length), out identity)
            : StampVerdict.Wrong;
    }

    // What is read here was signed by an edge; its form is checked all the same, for edges of another version.
    private StampVerdict Read(ReadOnlySpan<char> payload, out Identity? identity)
    {
        identity = null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            JsonElement root = json.RootElement;
            DateTimeOffset issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("i").GetInt64());
            DateTimeOffset now = _clock.GetUtcNow();
            if (root.GetProperty("t").GetString() is not string tenant || !EntityName.IsValid(tenant)
                || root.GetProperty("s").GetString() is not string subject
                || !Grants.TryParse(root.GetProperty("g").GetString() ?? "", out Grants? grants))
            {
                return StampVerdict.Wrong;
            }

            var read = new Identity
            {
                Tenant = tenant,
                Subject = subject,
                Grants = grants,
                TokenId = root.GetProperty("j").GetString(),
                ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(root.GetProperty("x").GetInt64()),
                IssuedAt = root.TryGetProperty("a", out JsonElement tokenIssuedAt)
                    ? DateTimeOffset.FromUnixTimeSeconds(tokenIssuedAt.GetInt64())
                    : null, // Edges of before it was known do not send it.
                EdgeId = root.GetProperty("e").GetString(),
                ConnectionId = root.GetProperty("c").GetString(),
            };
            if (!_options.IsTimely(issuedAt, now))
            {
                return StampVerdict.Untimely;
            }

            identity = read;
            return StampVerdict.Good;
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException
            or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return StampVerdict.Wrong;
        }
    }
}
