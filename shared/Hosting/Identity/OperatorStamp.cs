using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The signed word of an edge that an operator asks a worker for something (header <see cref="Header"/>). Opens
/// <c>/internal/*</c> of that worker, which nothing else does, and nothing but that.
/// </summary>
/// <remarks>
/// Form: <c>op2.&lt;payload&gt;.&lt;mac&gt;</c>, both base64url. Payload: JSON, <c>m</c> the method, <c>p</c> the path
/// with its query as it stands on the request line, <c>w</c> the worker, <c>e</c> the edge, <c>i</c> when it was made
/// (ms, by the worker's clock), <c>n</c> chance, so that no two are equal. Mac: HMAC-SHA256 with the keys of
/// <see cref="IdentityStampOptions"/> over <c>operator</c>, a line feed and all that stands before the mac's dot; an
/// identity's stamp has no such beginning, so neither passes for the other. Bound to one request line of one
/// worker (and to a body where <see cref="QueryOf"/> stands in it),
/// which takes an order (anything but GET and HEAD) only once by it: who reads it can at most ask for the same figures
/// again in its lifetime.
/// </remarks>
public sealed class OperatorStamp
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Realtime-Operator";

    /// <summary>
    /// Longest path with query that is signed, in characters: two texts of 256 characters, each escaped to nine, and
    /// names. Below what a worker reads of a request line.
    /// </summary>
    public const int TargetLengthMax = 6 * 1024;

    /// <summary>Longest stamp, in characters: the longest target and names, all escaped, fit.</summary>
    public const int LengthMax = 20 * 1024;

    private const string Version = "op2.";
    private const int MethodLengthMax = 16;
    private const int NonceBytes = 9;

    // Bytes of a target stay what they are: none of it is ever embedded into a page.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StampKeys _keys;
    private readonly IdentityStampOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Reads the keys, once.</summary>
    public OperatorStamp(IdentityStampOptions options, TimeProvider clock)
        : this(options, clock, new InternalKeys(options))
    {
    }

    /// <summary>Signs and verifies by the keys as they are at each time.</summary>
    public OperatorStamp(IdentityStampOptions options, TimeProvider clock, InternalKeys keys)
    {
        _options = options;
        _clock = clock;
        _keys = new StampKeys(keys, "operator\n");
    }

    /// <summary>Binds a stamp to a body too, behind the path that is signed: <c>?body=</c> and its digest.</summary>
    public static string QueryOf(ReadOnlySpan<byte> body) => "?body=" + DigestOf(body);

    /// <summary>SHA-256 of a body, base64url.</summary>
    public static string DigestOf(ReadOnlySpan<byte> body) => Base64Url.EncodeToString(SHA256.HashData(body));

    /// <summary>Signs one request, valid from now for the options' lifetime (30 s).</summary>
    /// <param name="method">The method, as sent.</param>
    /// <param name="target">Path with query, as sent, so ASCII: <c>Uri.PathAndQuery</c>.</param>
    /// <param name="worker">The worker that is asked, a name.</param>
    /// <param name="edgeId">The edge that asks, a name.</param>
    /// <param name="ahead">By how much the worker's clock is ahead of ours.</param>
    /// <exception cref="ArgumentException">The target is too long or not ASCII, or an id is no name.</exception>
    public string Sign(string method, string target, string worker, string edgeId, TimeSpan ahead = default)
    {
        if (method.Length is 0 or > MethodLengthMax || target.Length > TargetLengthMax || !Ascii.IsValid(target)
            || !EntityName.IsValid(worker) || !EntityName.IsValid(edgeId))
        {
            throw new ArgumentException(
                $"Give a method (1 to {MethodLengthMax} characters), an ASCII target (to {TargetLengthMax}), names.");
        }

        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload, Writing))
        {
            json.WriteStartObject();
            json.WriteString("m", method);
            json.WriteString("p", target);
            json.WriteString("w", worker);
            json.WriteString("e", edgeId);
            json.WriteNumber("i", (_clock.GetUtcNow() + ahead).ToUnixTimeMilliseconds());
            json.WriteString("n", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes)));
            json.WriteEndObject();
        }

        string signed = Version + Base64Url.EncodeToString(payload.WrittenSpan);
        return $"{signed}.{_keys.Sign(signed)}";
    }

    /// <summary>Verifies a stamp for the request that carries it: its signature first, its time last.</summary>
    /// <param name="stamp">The stamp.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="target">Its path with query.</param>
    /// <param name="worker">Who reads it.</param>
    /// <param name="word">What it says, if it is good; else null.</param>
    public StampVerdict Verify(string? stamp, string method, string target, string worker, out OperatorWord? word)
    {
        word = null;
        if (stamp is null || stamp.Length > LengthMax || !stamp.StartsWith(Version, StringComparison.Ordinal))
        {
            return StampVerdict.Wrong;
        }

        int dot = stamp.LastIndexOf('.');
        return dot > Version.Length && _keys.IsSigned(stamp[..dot], stamp.AsSpan(dot + 1))
            ? Read(stamp, dot, method, target, worker, out word)
            : StampVerdict.Wrong;
    }

    // What is read here was signed by an edge; its form is checked all the same, for edges of another version.
    private StampVerdict Read(
        string stamp, int dot, string method, string target, string worker, out OperatorWord? word)
    {
        word = null;
        try
        {
            ReadOnlySpan<char> payload = stamp.AsSpan(Version.Length, dot - Version.Length);
            using JsonDocument json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            JsonElement root = json.RootElement;
            DateTimeOffset issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("i").GetInt64());
            DateTimeOffset now = _clock.GetUtcNow();
            if (root.GetProperty("m").GetString() != method
                || root.GetProperty("p").GetString() != target
                || root.GetProperty("w").GetString() != worker
                || root.GetProperty("n").GetString() is null
                || root.GetProperty("e").GetString() is not { } edge || !EntityName.IsValid(edge))
            {
                return StampVerdict.Wrong;
            }

            if (!_options.IsTimely(issuedAt, now))
            {
                return StampVerdict.Untimely;
            }

            word = new OperatorWord(edge, issuedAt, stamp[(dot + 1)..]);
            return StampVerdict.Good;
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException
            or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return StampVerdict.Wrong;
        }
    }
}
