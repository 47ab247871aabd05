using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol.Messages;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>
/// Random output, random viewers that pause, stall, acknowledge late and come back: everybody's bytes are those that
/// were written, whatever was in memory.
/// </summary>
public sealed class TerminalExactnessTests
{
    /// <summary>Who acknowledges later than the window is long waits for ever, as it should.</summary>
    private const int LateBytes = 60_000;

    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Theory]
    [InlineData(1, 1024 * 1024)]
    [InlineData(2, 64 * 1024)]
    [InlineData(3, 64 * 1024)]
    public async Task On_the_embedded_log(int seed, int recentBytes)
    {
        await using var fixture = new DeliveryFixture(
            terminals: new TerminalTailOptions { RecentBytesMax = recentBytes }, delivery: Delivery);
        await RunAsync(fixture, seed, bytes: 3_000_000);
    }

    [Fact]
    public async Task On_Redis()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var log = new RedisLog(
            RedisLogs.Options(server.Endpoint), TimeProvider.System, NullLogger<RedisLog>.Instance);
        await using var fixture = new DeliveryFixture(
            terminals: new TerminalTailOptions { RecentBytesMax = 128 * 1024 }, delivery: Delivery, log: log);
        await RunAsync(fixture, 4, bytes: 2_000_000);
    }

    private static DeliveryOptions Delivery =>
        new() { TerminalWindowBytes = 100_000, BulkPatience = TimeSpan.FromMilliseconds(50) };

    private static async Task RunAsync(DeliveryFixture fixture, int seed, int bytes)
    {
        byte[] output = Output(seed, bytes);
        var sizes = new List<(long, int, int)>();
        await AppendAsync(fixture, output.AsMemory(0, 1));
        Task[] viewers =
        [
            .. Enumerable.Range(0, 8).Select(n => WatchAsync(fixture, output, sizes, new Random((seed * 100) + n), n)),
        ];
        await WriteAsync(fixture, output, sizes, new Random(seed));
        await Task.WhenAll(viewers);
    }

    private static async Task WriteAsync(
        DeliveryFixture fixture, byte[] output, List<(long, int, int)> sizes, Random random)
    {
        int columns = 80;
        for (int at = 1; at < output.Length;)
        {
            int length = Math.Min(
                output.Length - at, random.Next(4) switch { 0 => 1, 1 => 300, 2 => 9000, _ => 70_000 });
            await AppendAsync(
                fixture, output.AsMemory(at, length),
                random.Next(5) == 0 ? TerminalSource.Stderr : TerminalSource.Stdout);
            at += length;
            if (random.Next(10) == 0)
            {
                columns = (columns % 200) + 1;
                lock (sizes)
                {
                    sizes.Add((at, columns, 24));
                }

                await fixture.Log.ResizeTerminalAsync(Terminal, new TerminalSize(columns, 24), default);
            }

            if (random.Next(8) == 0)
            {
                await Task.Yield();
            }
        }

        await fixture.Log.EndTerminalAsync(Terminal, 7, default);
    }

    private static async Task WatchAsync(
        DeliveryFixture fixture, byte[] output, List<(long, int, int)> sizes, Random random, int number)
    {
        IWireFormat format = number % 2 == 0 ? WireFormats.JsonFrames : WireFormats.MessagePackFrames;
        using var seen = new MemoryStream();
        var seenSizes = new HashSet<(long, int, int)>();
        string from = "0";
        int? exitCode = null;
        while (exitCode is null)
        {
            await using var viewer = new TerminalViewer(fixture, format, lz4: number % 4 == 0);
            await viewer.SubscribeAsync(from);
            int messages = random.Next(5, 200);
            bool isPaused = false;
            long acknowledged = 0;
            await viewer.ReadUntilAsync(
                "it ended, or goes",
                () => viewer.ExitCode is not null || --messages == 0,
                async () =>
                {
                    if (isPaused && viewer.Ops[^1] == "paused")
                    {
                        isPaused = false;
                        await viewer.SendAsync(new ClientMessage.Resume("t"));
                    }
                    else if (!isPaused && random.Next(40) == 0 && viewer.Position is not null)
                    {
                        isPaused = true;
                        await viewer.SendAsync(new ClientMessage.Pause("t"));
                    }
                    else if (viewer.Position is { } position
                        && (random.Next(number + 1) == 0 || position.Offset - acknowledged > LateBytes))
                    {
                        acknowledged = position.Offset;
                        await viewer.AcknowledgeAsync();
                    }
                });
            seen.Write(viewer.Bytes.ToArray());
            seenSizes.UnionWith(viewer.Sizes);
            exitCode = viewer.ExitCode;
            from = viewer.Position is { } position ? $"{position.Offset}.{position.Epoch}" : from;
        }

        Assert.Equal(7, exitCode);
        Assert.True(
            output.AsSpan().SequenceEqual(seen.ToArray()),
            $"Viewer {number} has {seen.Length} of {output.Length} bytes, or others.");

        // Of several at one place the last one counts; and where a viewer came back, the size there is told again.
        lock (sizes)
        {
            Assert.Subset(seenSizes, sizes.GroupBy(size => size.Item1).Select(group => group.Last()).ToHashSet());
        }
    }

    // Half of it shrinks, half of it does not.
    private static byte[] Output(int seed, int length)
    {
        var random = new Random(seed);
        byte[] output = new byte[length];
        for (int at = 0; at < length; at += 50_000)
        {
            Span<byte> part = output.AsSpan(at, Math.Min(50_000, length - at));
            random.NextBytes(part);
            if (random.Next(2) == 0)
            {
                part.Fill((byte)random.Next(256));
            }
        }

        return output;
    }

    private static async Task AppendAsync(
        DeliveryFixture fixture, ReadOnlyMemory<byte> data, TerminalSource source = TerminalSource.Stdout)
    {
        TerminalAppendResult result;
        do
        {
            result = await fixture.Log.AppendTerminalAsync(
                Terminal, new TerminalAppend { Data = data, Source = source }, default);
        }
        while (result.Status == TerminalAppendStatus.Pressure);
        Assert.Equal(TerminalAppendStatus.Stored, result.Status);
    }
}
