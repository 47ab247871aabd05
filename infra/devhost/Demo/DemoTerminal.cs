using System.Text;
using Realtime.Client;

namespace Realtime.Devhost.Demo;

/// <summary>The terminal of one task: programs' bytes as they are, and a coloured prompt before each command.</summary>
internal sealed class DemoTerminal(string agent, string task, RealtimeClient client)
{
    // The log lost bytes that this program no longer has: say so, and go on from here.
    private static readonly AppendTerminalOptions GoOn = new() { GoOnAfterLoss = true };

    private long _offset;

    /// <summary>Shows a prompt with the command, as if somebody had typed it.</summary>
    public Task PromptAsync(string directory, string command, CancellationToken stopping)
    {
        string place = Path.GetFileName(directory.TrimEnd('/')) is { Length: > 0 } name ? name : "/";
        string line = $"\e[1;32m{agent}\e[0m:\e[1;34m{place}\e[0m$ {command}\r\n";
        return AppendAsync(Encoding.UTF8.GetBytes(line), stopping);
    }

    /// <summary>What a shell shows after a program that was killed, on a line of its own.</summary>
    public Task KilledAsync(CancellationToken stopping) => AppendAsync("\e[0m\r\nKilled\r\n"u8.ToArray(), stopping);

    /// <summary>Appends bytes.</summary>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stopping)
    {
        await client.AppendTerminalAsync(task, _offset, bytes, GoOn, stopping);
        _offset += bytes.Length;
    }

    /// <summary>Ends it.</summary>
    public Task EndAsync(int exitCode, CancellationToken stopping) =>
        client.EndTerminalAsync(task, exitCode, stopping);
}
