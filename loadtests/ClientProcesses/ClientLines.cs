using System.Text.Json;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>Lines of JSON between this program and its client processes.</summary>
internal static class ClientLines
{
    /// <summary>The command that makes this program a client process.</summary>
    public const string Command = "client";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes one line.</summary>
    public static async Task WriteAsync<T>(TextWriter output, T message)
    {
        await output.WriteLineAsync(JsonSerializer.Serialize(message, Options));
        await output.FlushAsync();
    }

    /// <summary>Reads one line; null if there are no more.</summary>
    /// <exception cref="JsonException">It is no such message.</exception>
    public static async Task<T?> ReadAsync<T>(TextReader input, CancellationToken stopping)
        where T : class =>
        await input.ReadLineAsync(stopping) is { } line ? JsonSerializer.Deserialize<T>(line, Options) : null;
}
