using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// The arithmetic of <c>workers/README.md</c>, "Redis memory by arithmetic": a tenant that is filled beyond all its
/// limits takes no more, and not so much less that the formula says nothing.
/// </summary>
public sealed partial class RedisMemoryTests
{
    private const int Partitions = 2;
    private const int StateKeys = 300;
    private const int IdempotencyKeys = 2000;
    private const int Terminals = 4;
    private const int KeyBytes = 40;

    private static readonly string[] Readers = ["worker-1", "worker-2", "worker-3"];

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(6000)]
    public async Task A_tenant_at_its_limits_takes_no_more_than_the_formula_says(int envelopeBytes)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint) with
        {
            Partitions = Partitions,
            StoredBytesPerTenantMax = 4 * 1024 * 1024,
            StateKeysPerStreamMax = StateKeys,
            IdempotencyKeysPerStreamMax = IdempotencyKeys,
            Backpressure = new BackpressureOptions { Enabled = false },
            Terminal = new TerminalLogOptions { RetentionBytes = 64 * 1024 },
        };
        await using RedisLog log = Create(options);
        await BackAsync(log);
        await FillAsync(log, "warm", envelopeBytes, rounds: 1);
        long before = await UsedAsync(server);

        await FillAsync(log, "acme", envelopeBytes, rounds: 6 * 1024 * 1024 / envelopeBytes / 100);
        long used = await UsedAsync(server) - before;
        long bound = Bound(options, envelopeBytes);

        Assert.True(used <= bound, $"{used} of {bound} bytes");
        Assert.True(used >= bound / 3, $"only {used} of {bound} bytes: the formula says too little");
    }

    // The formula, as it stands in workers/README.md.
    private static long Bound(LogOptions options, int envelopeBytes)
    {
        long node = Math.Max(4096, envelopeBytes) + 1024;
        long events = (options.StoredBytesPerTenantMax * 17 / 16) + (Partitions * ((100 * envelopeBytes) + node));
        long state = Partitions * StateKeys * ((2 * KeyBytes) + envelopeBytes + 250);
        long idempotency = Partitions * IdempotencyKeys * ((2 * KeyBytes) + 350);
        long readers = (Partitions + Terminals) * Readers.Length * 400;
        long terminals =
            Terminals * ((options.Terminal.RetentionBytes * 5 / 4) + (2 * LogLimits.TerminalChunkBytesMax) + 2048);
        return events + state + idempotency + readers + terminals;
    }

    private static async Task FillAsync(
        RedisLog log, string tenant, int envelopeBytes, int rounds)
    {
        int serial = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int partition = 0; partition < Partitions; partition++)
            {
                EventAppend[] batch =
                [
                    .. Enumerable.Range(0, 100).Select(i => Event(
                        $"{serial + i} ".PadRight(envelopeBytes, 'x'),
                        Key("idem", serial + i),
                        Key("state", (serial + i) % 1000))),
                ];
                serial += 100;
                await log.AppendAsync(new StreamKey(tenant, partition), batch, None);
            }
        }

        foreach (string reader in Readers)
        {
            for (int partition = 0; partition < Partitions; partition++)
            {
                await log.ReportReaderAsync(new StreamKey(tenant, partition), reader, 1, None);
            }
        }

        byte[] chunk = Encoding.ASCII.GetBytes(new string('t', 500));
        for (int i = 0; i < Terminals * (rounds == 1 ? 1 : 400); i++)
        {
            await log.AppendTerminalAsync(
                new TerminalKey(tenant, $"task-{i % Terminals}"), new TerminalAppend { Data = chunk }, None);
        }
    }

    private static string Key(string kind, int number) => $"{kind}-{number}".PadRight(KeyBytes, '-');

    private static async Task<long> UsedAsync(RedisServer server)
    {
        await server.CommandAsync("MEMORY", "PURGE");
        Match used = Used().Match(await server.CommandAsync("INFO", "memory"));
        return long.Parse(used.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"used_memory:(\d+)")]
    private static partial Regex Used();
}
