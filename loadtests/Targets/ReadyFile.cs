using System.Text.Json;
using System.Text.Json.Serialization;

namespace Realtime.Loadtests.Targets;

/// <summary>What a running devhost tells about itself (DESIGN.md section 14), as far as load tests need it.</summary>
internal sealed record ReadyFile
{
    [JsonPropertyName("edge")]
    public required Uri Edge { get; init; }

    [JsonPropertyName("tokens")]
    public required IReadOnlyDictionary<string, string> Tokens { get; init; }

    [JsonPropertyName("signing_key")]
    public required string SigningKey { get; init; }

    [JsonPropertyName("ca")]
    public required string Ca { get; init; }

    [JsonPropertyName("processes")]
    public required IReadOnlyList<int> Processes { get; init; }

    /// <summary>Reads one.</summary>
    /// <exception cref="TargetException">It isn't there, or is none.</exception>
    public static ReadyFile Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize<ReadyFile>(file)
                ?? throw new TargetException($"The ready file {path} is empty.");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TargetException(
                $"The ready file {path} can't be read: {failure.Message} It is written by the devhost "
                + "(--ready-file PATH) once all is up, and removed when it ends.", failure);
        }
    }

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"ReadyFile {{ Edge = {Edge} }}";
}
