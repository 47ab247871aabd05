using System.Text;
using System.Text.Json;
using Realtime.Tests.Workers.Connections;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>A producer's socket to a worker: what it says, and the answers in short.</summary>
internal sealed class ProducerSocket : IDisposable
{
    private readonly WorkerSocket _socket;

    private ProducerSocket(WorkerSocket socket) => _socket = socket;

    public int? CloseCode => _socket.CloseCode;

    /// <summary>Connects and takes the welcome.</summary>
    public static async Task<ProducerSocket> OpenAsync(RunningWorker worker, string? stamp = null) =>
        new(await WorkerSocket.OpenAsync(worker, "/v1/publish", stamp));

    public Task SayAsync(string text, bool isWhole = true) => _socket.SayAsync(text, isWhole);

    public Task AppendAsync(long seq, string task, long offset, string text = "x") => SayAsync(
        EndToEnd.ProducerSpeech.AppendJson(seq, task, offset, Encoding.UTF8.GetBytes(text)));

    /// <summary>The next message; null once the server closed.</summary>
    public Task<JsonElement?> NextAsync() => _socket.NextAsync();

    /// <summary>The next message in short: <c>op seq</c>, of an error <c>code seq</c>.</summary>
    public async Task<string> NextShortAsync()
    {
        if (await NextAsync() is not { } message)
        {
            return $"closed {CloseCode}";
        }

        string op = message.GetProperty("op").GetString()!;
        string name = op == "error" ? message.GetProperty("code").GetString()! : op;
        return message.TryGetProperty("seq", out JsonElement seq) ? $"{name} {seq}" : name;
    }

    public void Dispose() => _socket.Dispose();
}
