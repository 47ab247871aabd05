using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>The embedded log's own limits, and its handling of misuse.</summary>
public sealed class MemoryLogBoundsTests
{
    private const int OneMiB = 1024 * 1024;
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly StreamKey Stream = new("demo", 1);
    private static readonly LogOptions Small = new()
    {
        Partitions = 4,
        Memory = new MemoryLogOptions { StoredBytesMax = OneMiB },
    };

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_full_log_refuses_appends_until_retention_makes_room()
    {
        await using MemoryLog log = Create(Small);
        LogUnavailableException full = await Assert.ThrowsAsync<LogUnavailableException>(() => FillAsync(log, Stream));
        Assert.Equal(LogUnavailableReason.Full, full.Reason);
        Assert.Contains("event_plane.memory.stored_bytes_max", full.Message, StringComparison.Ordinal);
        Assert.InRange(log.StoredBytes, OneMiB - (64 * 1024), OneMiB);

        _clock.Advance(TimeSpan.FromHours(25));
        await log.SweepAsync(Stream.Partition, None);

        AppendResult result = await log.AppendAsync(Stream, [Event(10_000)], None);
        Assert.Equal(AppendStatus.Stored, result.Outcomes[0].Status);
        Assert.InRange(log.StoredBytes, 10_000, 20_000);
    }

    [Fact]
    public async Task A_stream_at_its_own_limit_goes_on_in_a_full_log()
    {
        await using MemoryLog log = Create(Small with { EntriesPerStreamMax = 10 });
        for (int i = 0; i < 10; i++)
        {
            await log.AppendAsync(Stream, [Event(10_000)], None);
        }

        await Assert.ThrowsAsync<LogUnavailableException>(async () =>
        {
            for (int tenant = 0; ; tenant++)
            {
                await log.AppendAsync(new StreamKey($"t{tenant}", 0), [Event(10_000)], None);
            }
        });

        AppendResult result = await log.AppendAsync(Stream, [Event(10_000)], None);

        Assert.Equal(11, result.Outcomes[0].Position.Entry.Offset);
        Assert.InRange(log.StoredBytes, 0, OneMiB + 20_000);
    }

    [Fact]
    public async Task A_full_log_gives_up_the_terminals_that_ended_longest_ago()
    {
        await using MemoryLog log = Create(Small);
        for (int i = 0; i < 5; i++)
        {
            TerminalKey task = new("demo", $"t{i}");
            await log.AppendTerminalAsync(task, new TerminalAppend { Data = new byte[200_000] }, None);
            if (i is 0 or 1 or 3)
            {
                await log.EndTerminalAsync(task, 0, None);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await log.AppendTerminalAsync(new("demo", "new"), new TerminalAppend { Data = new byte[200_000] }, None);

        List<int> kept = [];
        for (int i = 0; i < 5; i++)
        {
            if (await log.FindTerminalAsync(new("demo", $"t{i}"), None) is not null)
            {
                kept.Add(i);
            }
        }

        // 1,000,000 bytes were there; 200,000 and an eighth of the limit to spare are wanted: two must go.
        Assert.Equal([2, 3, 4], kept);
        Assert.InRange(log.StoredBytes, 0, OneMiB);
    }

    [Fact]
    public async Task With_nothing_ended_a_full_log_refuses_terminal_bytes_except_where_they_replace_older_ones()
    {
        LogOptions options = Small with { Terminal = new TerminalLogOptions { RetentionBytes = 128 * 1024 } };
        await using MemoryLog log = Create(options);
        TerminalAppend chunk = new() { Data = new byte[32 * 1024] };
        TerminalKey first = new("demo", "t0");
        for (int i = 0; i < 10; i++)
        {
            await log.AppendTerminalAsync(first, chunk, None);
        }

        await Assert.ThrowsAsync<LogUnavailableException>(async () =>
        {
            for (int i = 1; ; i++)
            {
                await log.AppendTerminalAsync(new("demo", $"t{i}"), chunk, None);
            }
        });

        TerminalAppendResult result = await log.AppendTerminalAsync(first, chunk, None);
        Assert.Equal((TerminalAppendStatus.Stored, 11L * 32 * 1024), (result.Status, result.End));
    }

    [Fact]
    public async Task What_is_trimmed_of_a_terminal_takes_its_resizes_along()
    {
        await using MemoryLog log = Create(
            new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        var stored = new List<long>();
        for (int i = 1; i <= 50; i++)
        {
            await log.ResizeTerminalAsync(new TerminalKey("demo", "t1"), new TerminalSize(i, 10), None);
            await log.AppendTerminalAsync(
                new TerminalKey("demo", "t1"), new TerminalAppend { Data = new byte[128] }, None);
            stored.Add(log.StoredBytes);
        }

        // Eight chunks are kept, and the sizes that hold for them.
        Assert.True(stored[7] > stored[6]);
        Assert.All(stored.Skip(8), bytes => Assert.Equal(stored[7], bytes));
    }

    [Fact]
    public async Task A_tenant_has_so_many_terminals_and_no_more()
    {
        LogOptions options = Small with { Terminal = new TerminalLogOptions { RetainedPerTenantMax = 2 } };
        await using MemoryLog log = Create(options);
        TerminalAppend chunk = new() { Data = new byte[10] };
        await log.AppendTerminalAsync(new("demo", "t0"), chunk, None);
        await log.AppendTerminalAsync(new("demo", "t1"), chunk, None);

        await Assert.ThrowsAsync<LogUnavailableException>(
            () => log.AppendTerminalAsync(new("demo", "t2"), chunk, None));
        await log.AppendTerminalAsync(new("other", "t2"), chunk, None);
        await log.EndTerminalAsync(new("demo", "t1"), 0, None);
        await log.AppendTerminalAsync(new("demo", "t2"), chunk, None);

        Assert.NotNull(await log.FindTerminalAsync(new("demo", "t0"), None));
        Assert.Null(await log.FindTerminalAsync(new("demo", "t1"), None));
        Assert.NotNull(await log.FindTerminalAsync(new("demo", "t2"), None));
    }

    [Fact]
    public async Task The_oldest_idempotency_keys_are_forgotten_beyond_their_limit()
    {
        await using MemoryLog log = Create(Small with { IdempotencyKeysPerStreamMax = 2 });
        EventAppend[] keys = [.. Enumerable.Range(0, 3).Select(i => Event(10) with { IdempotencyKey = $"k{i}" })];
        await log.AppendAsync(Stream, keys, None);

        AppendResult result = await log.AppendAsync(Stream, [keys[2], keys[1], keys[0]], None);

        Assert.Equal(
            [AppendStatus.Duplicate, AppendStatus.Duplicate, AppendStatus.Stored],
            result.Outcomes.Select(o => o.Status));
    }

    [Fact]
    public async Task Reading_does_not_copy_what_was_stored()
    {
        await using MemoryLog log = Create(Small);
        await log.AppendAsync(Stream, [Event(100)], None);
        StreamCursor beginning = new(EntryId.Zero, (await log.OpenAsync(Stream, None)).End.Epoch);

        EventRead one = await log.ReadAsync(Stream, beginning, ReadLimit.Default, ReadLane.Live, None);
        EventRead two = await log.ReadAsync(Stream, beginning, ReadLimit.Default, ReadLane.Bulk, None);

        Assert.True(one.Entries[0].Envelope.Equals(two.Entries[0].Envelope));
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_fail_the_append_nor_the_next_listener()
    {
        await using MemoryLog log = Create(Small);
        int rung = 0;
        await log.ListenAsync(Stream, _ => throw new InvalidOperationException("broken"), None);
        await log.ListenAsync(Stream, _ => rung++, None);

        AppendResult result = await log.AppendAsync(Stream, [Event(10)], None);

        Assert.Equal((AppendStatus.Stored, 1), (result.Outcomes[0].Status, rung));
    }

    [Fact]
    public async Task Misuse_is_thrown()
    {
        MemoryLog log = Create(Small);
        TerminalKey task = new("demo", "t0");
        StreamCursor cursor = default;
        Task BadReadAsync(ReadLimit limit) => log.ReadAsync(Stream, cursor, limit, ReadLane.Live, None);
        Task BadAppendAsync(TerminalAppend append) => log.AppendTerminalAsync(task, append, None);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => BadReadAsync(new ReadLimit(0, 1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => BadReadAsync(new ReadLimit(1, OneMiB + 1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.OpenAsync(new StreamKey("demo", 4), None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.SweepAsync(-1, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => BadAppendAsync(new() { Data = new byte[OneMiB + 1] }));
        await Assert.ThrowsAsync<ArgumentException>(
            () => BadAppendAsync(new() { Data = new byte[1], AfterLoss = Epoch.Create() }));
        Assert.Null(await log.FindTerminalAsync(task, None));

        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.OpenAsync(Stream, None));
    }

    private MemoryLog Create(LogOptions options) => new(options, _clock, NullLogger<MemoryLog>.Instance);

    private static EventAppend Event(int bytes) => new() { Envelope = new byte[bytes] };

    private static async Task FillAsync(MemoryLog log, StreamKey stream)
    {
        while (true)
        {
            await log.AppendAsync(stream, [Event(10_000)], None);
        }
    }
}
