using System.Diagnostics;
using System.Globalization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>An independent MessagePack (<c>@msgpack/msgpack</c> on Node.js), run as a process.</summary>
internal static class MessagePackPeer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What it reads of each value, and how it writes it anew.</summary>
    public static Task<IReadOnlyList<(string Description, byte[] Written)>> DescribeAsync(IEnumerable<byte[]> values) =>
        RunAsync(["describe"], values);

    /// <summary>Random values of its own.</summary>
    public static Task<IReadOnlyList<(string Description, byte[] Written)>> GenerateAsync(int seed, int count) =>
        RunAsync(
            ["generate", seed.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)],
            []);

    private static async Task<IReadOnlyList<(string Description, byte[] Written)>> RunAsync(
        string[] arguments, IEnumerable<byte[]> input)
    {
        string folder = Path.Combine(Repository.Root, "tests", "MessagePackPeer");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules", "@msgpack", "msgpack")),
            "@msgpack/msgpack is missing: run npm ci in tests/MessagePackPeer (tests/run.sh does so).");
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var node = new Process();
        node.StartInfo = new ProcessStartInfo("node", ["peer.mjs", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        node.Start();
        Task<string> output = node.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> errors = node.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            foreach (byte[] value in input)
            {
                await node.StandardInput.WriteLineAsync(Convert.ToHexStringLower(value).AsMemory(), patience.Token);
            }

            node.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; its errors say why.
        }

        string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await node.WaitForExitAsync(patience.Token);
        Assert.True(node.ExitCode == 0, await errors);
        return [.. lines.Select(line => line.Split('\t')).Select(cells => (cells[0], Convert.FromHexString(cells[1])))];
    }
}
