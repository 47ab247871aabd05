using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Protocol;

namespace Realtime.Hosting.Health;

/// <summary>
/// The document of <c>/readyz</c>, for who writes it and who reads it:
/// <c>{"status":"ready|draining|unready","reasons":["…"],"load":{"connections":12},"roles":["ingest","stream"],
/// "name":"w1","time":1795230320698}</c>.
/// </summary>
public sealed record ReadinessReport
{
    /// <summary>Key of the number of open client connections in <see cref="Load"/>.</summary>
    public const string Connections = "connections";

    private const int DepthMax = 8;

    // What DateTimeOffset can hold: until the year 9999.
    private const long TimeMsMax = 253_402_300_799_999;

    private static readonly string[] StatusNames = ["ready", "draining", "unready"];
    private static readonly string[] RoleNames = ["ingest", "stream"];

    /// <summary>The worst that any check said.</summary>
    public required ReadinessStatus Status { get; init; }

    /// <summary>Why it is not ready, or what is amiss all the same; empty if all is well.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>Figures of load by name.</summary>
    public ImmutableSortedDictionary<string, long> Load { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>What the process does; empty if it doesn't say.</summary>
    public ImmutableArray<WorkerRole> Roles { get; init; } = [];

    /// <summary>What the process is called; null if it doesn't say.</summary>
    public string? Name { get; init; }

    /// <summary>What its clock showed, ms since 1970; null if it doesn't say.</summary>
    public long? TimeMs { get; init; }

    /// <summary>Writes the document as UTF-8 JSON.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("status", StatusNames[(int)Status]);
        json.WriteStartArray("reasons");
        foreach (string reason in Reasons)
        {
            json.WriteStringValue(reason);
        }

        json.WriteEndArray();
        json.WriteStartObject("load");
        foreach ((string name, long value) in Load)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        if (!Roles.IsEmpty)
        {
            json.WriteStartArray("roles");
            foreach (WorkerRole role in Roles)
            {
                json.WriteStringValue(RoleNames[(int)role]);
            }

            json.WriteEndArray();
        }

        if (Name is not null)
        {
            json.WriteString("name", Name);
        }

        if (TimeMs is { } time)
        {
            json.WriteNumber("time", time);
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// Reads a document of another process; null if it is none. Unknown fields are skipped, and so are reasons,
    /// figures and roles of another form. The caller limits how many bytes it fetches.
    /// </summary>
    public static ReadinessReport? TryRead(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("status", out JsonElement status) || status.ValueKind != JsonValueKind.String
                || Array.IndexOf(StatusNames, status.GetString()) is int number && number < 0)
            {
                return null;
            }

            return new ReadinessReport
            {
                Status = (ReadinessStatus)number,
                Reasons = root.TryGetProperty("reasons", out JsonElement reasons) ? [.. ReadTexts(reasons)] : [],
                Roles = root.TryGetProperty("roles", out JsonElement roles) ? ReadRoles(roles) : [],
                Name = root.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                    && name.GetString() is { } text && EntityName.IsValid(text)
                    ? text
                    : null,
                TimeMs = root.TryGetProperty("time", out JsonElement time) && time.ValueKind == JsonValueKind.Number
                    && time.TryGetInt64(out long ms) && ms is >= 0 and <= TimeMsMax
                    ? ms
                    : null,
                Load = root.TryGetProperty("load", out JsonElement load)
                    ? ReadLoad(load)
                    : ImmutableSortedDictionary<string, long>.Empty,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperation: a string with half of a surrogate pair.
        }
    }

    private static IEnumerable<string> ReadTexts(JsonElement texts) =>
        texts.ValueKind == JsonValueKind.Array
            ? texts.EnumerateArray()
                .Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)
            : [];

    private static ImmutableArray<WorkerRole> ReadRoles(JsonElement roles) =>
    [
        .. ReadTexts(roles).Select(name => Array.IndexOf(RoleNames, name)).Where(number => number >= 0)
            .Select(number => (WorkerRole)number),
    ];

    private static ImmutableSortedDictionary<string, long> ReadLoad(JsonElement load)
    {
        var figures = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        if (load.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty figure in load.EnumerateObject())
            {
                if (figure.Value.ValueKind == JsonValueKind.Number && figure.Value.TryGetInt64(out long value))
                {
                    figures[figure.Name] = value;
                }
            }
        }

        return figures.ToImmutable();
    }
}
