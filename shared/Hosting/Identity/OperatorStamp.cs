using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The signed word of an edge that an operator asks a worker for something (header <see cref="Header"/>). Opens
/// <c>/internal/*</c> of workers, which nothing else does, and nothing but that.
/// </summary>
/// <remarks>
/// Form: <c>op1.&lt;payload&gt;.&lt;mac&gt;</c>, both base64url. Payload: JSON, <c>m</c> the method, <c>p</c> the path
/// with its query as it stands on the request line, <c>e</c> the edge, <c>i</c> when it was made (ms). Mac: HMAC-SHA256
/// with the keys of <see cref="IdentityStampOptions"/> over <c>operator</c>, a line feed and all that stands before the
/// mac's dot; an identity's stamp has no such beginning, so neither passes for the other. Bound to one request line:
/// who reads it can at most ask for the same again in its lifetime, and all of it may be asked for twice.
/// </remarks>
public sealed class OperatorStamp
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Realtime-Operator";

    /// <summary>Longest path with query that is signed, in characters.</summary>
    public const int TargetLengthMax = 2 * 1024;

    /// <summary>Longest stamp, in characters: the longest target and names, all escaped, fit.</summary>
    public const int LengthMax = 20 * 1024;

    private const string Version = "op1.";
    private const int MethodLengthMax = 16;

    private readonly StampKeys _keys;
    private readonly IdentityStampOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Reads the keys.</summary>
    public OperatorStamp(IdentityStampOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _keys = new StampKeys(options, "operator\n");
    }

    /// <summary>Signs one request, valid from now for the options' lifetime (30 s).</summary>
    /// <param name="method">The method, as sent.</param>
    /// <param name="target">Path with query, as sent: <c>Uri.PathAndQuery</c>.</param>
    /// <param name="edgeId">The edge that asks, a name.</param>
    /// <exception cref="ArgumentException">The target is too long, or the edge's id is no name.</exception>
    public string Sign(string method, string target, string edgeId)
    {
        if (method.Length is 0 or > MethodLengthMax || target.Length > TargetLengthMax || !EntityName.IsValid(edgeId))
        {
            throw new ArgumentException(
                $"Give a method (1 to {MethodLengthMax} characters), a target (to {TargetLengthMax}) and a name.");
        }

        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("m", method);
            json.WriteString("p", target);
            json.WriteString("e", edgeId);
            json.WriteNumber("i", _clock.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }

        string signed = Version + Base64Url.EncodeToString(payload.WrittenSpan);
        return $"{signed}.{_keys.Sign(signed)}";
    }

    /// <summary>
    /// Verifies a stamp for the request that carries it; false if signature, form or time is wrong, or it was made for
    /// another request.
    /// </summary>
    public bool TryVerify(string? stamp, string method, string target, [NotNullWhen(true)] out string? edgeId)
    {
        edgeId = null;
        if (stamp is null || stamp.Length > LengthMax || !stamp.StartsWith(Version, StringComparison.Ordinal))
        {
            return false;
        }

        int dot = stamp.LastIndexOf('.');
        return dot > Version.Length
            && _keys.IsSigned(stamp[..dot], stamp.AsSpan(dot + 1))
            && TryRead(stamp.AsSpan(Version.Length, dot - Version.Length), method, target, out edgeId);
    }

    // What is read here was signed by an edge; its form is checked all the same, for edges of another version.
    private bool TryRead(
        ReadOnlySpan<char> payload, string method, string target, [NotNullWhen(true)] out string? edgeId)
    {
        edgeId = null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            JsonElement root = json.RootElement;
            DateTimeOffset issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("i").GetInt64());
            DateTimeOffset now = _clock.GetUtcNow();
            if (now < issuedAt - _options.ClockSkew || now > issuedAt + _options.Lifetime + _options.ClockSkew
                || root.GetProperty("m").GetString() != method
                || root.GetProperty("p").GetString() != target
                || root.GetProperty("e").GetString() is not { } edge || !EntityName.IsValid(edge))
            {
                return false;
            }

            edgeId = edge;
            return true;
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException
            or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
