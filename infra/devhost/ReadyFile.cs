using System.Text.Json;
using System.Text.Json.Serialization;

namespace Realtime.Devhost;

/// <summary>
/// What scripts need to drive a running devhost (DESIGN.md section 14). Its field names are a contract.
/// </summary>
internal sealed record ReadyFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Https base address of the edge.</summary>
    [JsonPropertyName("edge")]
    public required string Edge { get; init; }

    /// <summary>Link that opens the page signed in, once; absent where the edge was built without pages.</summary>
    [JsonPropertyName("page"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Page { get; init; }

    /// <summary>Base address of the admin endpoint.</summary>
    [JsonPropertyName("admin")]
    public required string Admin { get; init; }

    /// <summary>Bearer token of the admin endpoint.</summary>
    [JsonPropertyName("admin_token")]
    public required string AdminToken { get; init; }

    /// <summary>Tokens of tenant <c>demo</c>: <c>viewer</c> and <c>publisher</c>.</summary>
    [JsonPropertyName("tokens")]
    public required IReadOnlyDictionary<string, string> Tokens { get; init; }

    /// <summary>HS256 key of tokens, used as its UTF-8 bytes.</summary>
    [JsonPropertyName("signing_key")]
    public required string SigningKey { get; init; }

    /// <summary>Path of the certificate, to be trusted.</summary>
    [JsonPropertyName("ca")]
    public required string Ca { get; init; }

    /// <summary>The workers.</summary>
    [JsonPropertyName("workers")]
    public required IReadOnlyList<ReadyWorker> Workers { get; init; }

    /// <summary>Process ids to be signalled: SIGTERM to each ends all.</summary>
    [JsonPropertyName("processes")]
    public required IReadOnlyList<int> Processes { get; init; }

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"ReadyFile {{ Edge = {Edge} }}";

    /// <summary>Writes it whole or not at all: to a file beside, readable by its owner only, then renamed.</summary>
    public void Write(string path)
    {
        string unfinished = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, options))
        {
            JsonSerializer.Serialize(file, this, Indented);
            file.WriteByte((byte)'\n');
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
