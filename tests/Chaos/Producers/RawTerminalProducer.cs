using System.Text.Json.Nodes;
using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>Writes a terminal on <c>WS /v1/publish</c>, several appends at a time, and ends it.</summary>
internal sealed class RawTerminalProducer(
    RawSocket socket, TerminalTruth truth, Ledger ledger, Pauses pauses, Random random) : IChaosProducer
{
    private long _seq;
    private long _sent;

    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        using (socket)
        {
            do
            {
                await socket.SendAsync(
                    [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Append(random.Next(1, 3000)))], stopping);
                await pauses.NextAsync(stopping);
            }
            while (!isFinishing());

            int exitCode = random.Next(256);
            await socket.SendAsync([End(exitCode)], stopping);
            truth.ExitCode = exitCode;
        }
    }

    private RawRequest Append(int length)
    {
        byte[] bytes = truth.Bytes(_sent, length);
        var message = new JsonObject
        {
            ["op"] = "append",
            ["seq"] = ++_seq,
            ["task"] = truth.Task,
            ["offset"] = _sent,
            ["data"] = Convert.ToBase64String(bytes),
        };
        long end = _sent += length;
        return new RawRequest(_seq, message, answer =>
        {
            // One that comes again is told where the terminal ends now, which may be further on.
            long told = answer.GetProperty("end").GetInt64();
            if (told < end || told > _sent)
            {
                ledger.Violated($"{truth.Task} ends at {told} after bytes up to {end}; sent were {_sent}");
            }

            truth.Acknowledged(end);
            return true;
        });
    }

    private RawRequest End(int exitCode) => new(
        ++_seq,
        new JsonObject { ["op"] = "end", ["seq"] = _seq, ["task"] = truth.Task, ["exit_code"] = exitCode },
        static _ => true);
}
