using Realtime.Log;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Numbered_events_are_stored_once_however_often_they_are_sent()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        AppendResult first = await log.AppendAsync(Stream, Numbered(1, 1, 3), None);
        Assert.Equal(Of(AppendStatus.Stored, 3), Statuses(first));

        // The answer was lost; what is sent again has grown meanwhile.
        AppendResult again = await log.AppendAsync(Stream, Numbered(1, 1, 5), None);

        Assert.Equal([.. Of(AppendStatus.Duplicate, 3), .. Of(AppendStatus.Stored, 2)], Statuses(again));
        Assert.Equal(Positions(first), Positions(again).Take(3));
        Assert.Equal(Positions(again), Positions(await log.AppendAsync(Stream, Numbered(1, 1, 5), None)));
        Assert.Equal(Expected(1, 5), Texts(await ReadAllAsync(log, await BeginningAsync(log))));
    }

    [Fact]
    public async Task A_number_that_comes_too_early_is_told_which_one_is_expected()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        AppendResult unknown = await log.AppendAsync(Stream, Numbered(7, 2, 2), None);
        Assert.Equal([AppendStatus.ProducerGap, AppendStatus.AfterRefused], Statuses(unknown));
        Assert.Equal(1, unknown.Outcomes[0].ExpectedSeq);

        await log.AppendAsync(Stream, Numbered(7, 1, 2), None);
        AppendResult early = await log.AppendAsync(Stream, [Event("a"), .. Numbered(7, 4, 2)], None);
        Assert.Equal([AppendStatus.Stored, AppendStatus.ProducerGap, AppendStatus.AfterRefused], Statuses(early));
        Assert.Equal(3, early.Outcomes[1].ExpectedSeq);

        AppendResult mended = await log.AppendAsync(Stream, Numbered(7, 3, 3), None);
        Assert.Equal(Of(AppendStatus.Stored, 3), Statuses(mended));
        Assert.Equal(
            ["7/1", "7/2", "a", "7/3", "7/4", "7/5"], Texts(await ReadAllAsync(log, await BeginningAsync(log))));
    }

    [Fact]
    public async Task A_new_life_begins_with_one_and_ends_the_one_before()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendAsync(Stream, Numbered(1, 1, 2), None);

        AppendResult early = await log.AppendAsync(Stream, Numbered(2, 3, 1), None);
        Assert.Equal((AppendStatus.ProducerGap, 1), (early.Outcomes[0].Status, early.Outcomes[0].ExpectedSeq));

        // A life that has stored nothing yet ends none.
        Assert.Equal([AppendStatus.Stored], Statuses(await log.AppendAsync(Stream, Numbered(1, 3, 1), None)));
        Assert.Equal([AppendStatus.Stored], Statuses(await log.AppendAsync(Stream, Numbered(2, 1, 1), None)));

        AppendResult zombie = await log.AppendAsync(Stream, [.. Numbered(1, 4, 1), Event("after")], None);
        Assert.Equal([AppendStatus.StaleProducer, AppendStatus.AfterRefused], Statuses(zombie));
        Assert.Equal([AppendStatus.StaleProducer], Statuses(await log.AppendAsync(Stream, Numbered(1, 1, 1), None)));
        Assert.Equal([AppendStatus.Stored], Statuses(await log.AppendAsync(Stream, Numbered(2, 2, 1), None)));
        Assert.Equal(
            ["1/1", "1/2", "1/3", "2/1", "2/2"], Texts(await ReadAllAsync(log, await BeginningAsync(log))));
    }

    [Fact]
    public async Task Producers_and_groups_are_counted_by_themselves_in_one_batch()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        EventAppend[] batch =
        [
            .. Numbered(1, 1, 1), .. Numbered(1, 1, 1, group: "other"), .. Numbered(9, 1, 1, producer: "p2"),
            Event("plain", "key-1"), .. Numbered(1, 2, 1), .. Numbered(9, 2, 1, producer: "p2"),
        ];

        AppendResult first = await log.AppendAsync(Stream, batch, None);
        AppendResult again = await log.AppendAsync(Stream, batch, None);

        Assert.Equal(Of(AppendStatus.Stored, 6), Statuses(first));
        Assert.Equal(Of(AppendStatus.Duplicate, 6), Statuses(again));
        Assert.Equal(Positions(first), Positions(again));
        AppendResult mixed = await log.AppendAsync(
            Stream, [.. Numbered(1, 3, 1), .. Numbered(1, 3, 1, group: "other"), .. Numbered(9, 3, 1, "p2")], None);
        Assert.Equal(
            [AppendStatus.Stored, AppendStatus.ProducerGap, AppendStatus.AfterRefused], Statuses(mixed));
        Assert.Equal(2, mixed.Outcomes[1].ExpectedSeq);
    }

    [Fact]
    public async Task Numbers_are_known_for_longer_than_the_places_where_they_stand()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { ProducerAnswersMax = 2 });
        List<StreamCursor> positions = [];
        for (int seq = 1; seq <= 4; seq++)
        {
            // What stands between them makes each an answer of its own.
            AppendResult result = await log.AppendAsync(Stream, [Event("between"), .. Numbered(1, seq, 1)], None);
            positions.Add(result.Outcomes[1].Position);
        }

        AppendResult again = await log.AppendAsync(Stream, Numbered(1, 1, 5), None);

        Assert.Equal([.. Of(AppendStatus.Duplicate, 4), AppendStatus.Stored], Statuses(again));
        Assert.Equal([default, default, positions[2], positions[3]], Positions(again).Take(4));
    }

    [Fact]
    public async Task Of_more_producers_than_are_kept_the_one_silent_for_longest_is_forgotten()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { ProducersPerStreamMax = 2 });
        foreach ((string producer, int seq) in new[] { ("a", 1), ("b", 1), ("a", 2), ("c", 1) })
        {
            await log.AppendAsync(Stream, Numbered(1, seq, 1, producer), None);
            await Eventually.TrueAsync("the clock goes on", () => PassesAsync(log));
        }

        Assert.Equal([AppendStatus.Stored], Statuses(await log.AppendAsync(Stream, Numbered(1, 3, 1, "a"), None)));
        AppendResult forgotten = await log.AppendAsync(Stream, Numbered(1, 2, 1, "b"), None);
        Assert.Equal((AppendStatus.ProducerGap, 1), (forgotten.Outcomes[0].Status, forgotten.Outcomes[0].ExpectedSeq));
    }

    [Fact]
    public async Task A_producer_that_was_silent_for_the_window_is_forgotten()
    {
        await using IPartitionedLog log = await CreateAsync(
            Options with { ProducerWindow = TimeSpan.FromMilliseconds(200) });
        await log.AppendAsync(Stream, Numbered(1, 1, 2), None);

        await Eventually.TrueAsync("it is forgotten", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            await log.SweepAsync(Stream.Partition, None);
            AppendResult probe = await log.AppendAsync(Stream, Numbered(1, 9, 1), None);
            return probe.Outcomes[0].ExpectedSeq == 1;
        });
    }

    [Fact]
    public async Task What_pressure_refused_takes_no_number()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { QueueDepthMax = 10 });
        await log.AppendAsync(Stream, Events(1, 10), None);
        await log.ReportReaderAsync(Stream, "reader", 0, None);
        AppendResult refused = await log.AppendAsync(Stream, Numbered(1, 1, 2), None);
        Assert.Equal([AppendStatus.Pressure, AppendStatus.AfterRefused], Statuses(refused));

        await log.ReportReaderAsync(Stream, "reader", 10, None);
        Assert.Equal(Of(AppendStatus.Stored, 2), Statuses(await log.AppendAsync(Stream, Numbered(1, 1, 2), None)));
    }

    private static EventAppend[] Numbered(
        long epoch, int from, int count, string producer = "p1", string group = "g1") =>
        [.. Enumerable.Range(from, count).Select(seq => Event($"{epoch}/{seq}") with
        {
            Producer = new ProducerNumber(producer, group, epoch, seq),
        })];

    private static string[] Expected(long epoch, int count) =>
        [.. Enumerable.Range(1, count).Select(seq => $"{epoch}/{seq}")];

    private static AppendStatus[] Of(AppendStatus status, int count) => [.. Enumerable.Repeat(status, count)];

    private static StreamCursor[] Positions(AppendResult result) => [.. result.Outcomes.Select(o => o.Position)];

    private async Task<bool> PassesAsync(IPartitionedLog log)
    {
        long before = (await log.OpenAsync(Stream, None)).NowMs;
        Tick(TimeSpan.FromMilliseconds(2));
        return (await log.OpenAsync(Stream, None)).NowMs > before
            || (await log.OpenAsync(Stream, None)).NowMs > before;
    }
}
