using Realtime.Log;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task Opening_gives_the_stream_an_epoch_that_stays()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        StreamOpening[] openings = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => log.OpenAsync(Stream, None))));
        AppendResult append = await log.AppendAsync(Stream, Events(1, 2), None);
        StreamOpening after = await log.OpenAsync(Stream, None);

        Assert.False(openings[0].End.Epoch.IsNone);
        Assert.Single(openings.Select(o => o.End).Distinct());
        Assert.Equal(append.Outcomes[1].Position, after.End);
        Assert.Equal(openings[0].End.Epoch, after.End.Epoch);
        Assert.True(after.NowMs >= after.End.Entry.Ms);
    }

    [Fact]
    public async Task State_holds_the_latest_value_of_each_key_in_order_of_ids()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        AppendResult result = await log.AppendAsync(
            Stream,
            [
                Event("a1", state: "a"), Event("b1", state: "b"), Event("none"), Event("c1", state: "c"),
                Event("a2", state: "a"),
            ],
            None);

        StreamOpening opening = await log.OpenAsync(Stream, None);

        Assert.Equal(["b", "c", "a"], opening.State.Select(s => s.StateKey));
        Assert.Equal(["b1", "c1", "a2"], opening.State.Select(s => Text(s.Envelope)));
        Assert.Equal(
            new[] { 1, 3, 4 }.Select(i => result.Outcomes[i].Position), opening.State.Select(s => s.Position));
    }

    [Fact]
    public async Task A_deleted_key_is_gone_and_may_come_back()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendAsync(Stream, [Event("a1", state: "a"), Event("b1", state: "b")], None);

        await log.AppendAsync(
            Stream, [Event("gone", state: "a", deletes: true), Event("none", state: "x", deletes: true)], None);
        StreamOpening deleted = await log.OpenAsync(Stream, None);
        await log.AppendAsync(Stream, [Event("a2", state: "a")], None);
        StreamOpening back = await log.OpenAsync(Stream, None);

        Assert.Equal(["b"], deleted.State.Select(s => s.StateKey));
        Assert.Equal(["b1", "a2"], back.State.Select(s => Text(s.Envelope)));
        Assert.Equal(5, (await ReadAllAsync(log, await BeginningAsync(log))).Count);
    }

    [Fact]
    public async Task Events_that_were_not_stored_now_leave_the_state_alone()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendAsync(Stream, [Event("old", "key-1", "a"), Event("new", null, "a")], None);

        await log.AppendAsync(Stream, [Event("old", "key-1", "a")], None);
        await log.AppendAsync(Stream, [Event("conflict", "key-1", "a"), Event("after", null, "a")], None);

        Assert.Equal("new", Text(Assert.Single((await log.OpenAsync(Stream, None)).State).Envelope));
    }

    [Fact]
    public async Task Beyond_the_limit_the_key_set_longest_ago_goes()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { StateKeysPerStreamMax = 3 });
        await log.AppendAsync(
            Stream,
            [Event("a", state: "a"), Event("b", state: "b"), Event("c", state: "c"), Event("a", state: "a")],
            None);

        await log.AppendAsync(Stream, [Event("d", state: "d")], None);

        Assert.Equal(["c", "a", "d"], (await log.OpenAsync(Stream, None)).State.Select(s => s.StateKey));
    }

    [Fact]
    public async Task An_opening_is_what_replaying_to_its_end_gives_while_appends_go_on()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        StreamCursor beginning = await BeginningAsync(log);
        Task appending = Task.Run(async () =>
        {
            Random random = new(1);
            for (int i = 0; i < 200; i++)
            {
                EventAppend[] batch = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ =>
                {
                    string key = $"k{random.Next(12)}";
                    bool deletes = random.Next(4) == 0;
                    return Event(deletes ? $"-{key}" : $"+{key}", state: key, deletes: deletes);
                })];
                await log.AppendAsync(Stream, batch, None);
            }
        });

        List<StreamOpening> openings = [];
        while (!appending.IsCompleted && openings.Count < 1000)
        {
            openings.Add(await log.OpenAsync(Stream, None));
            await Task.Yield();
        }

        await appending;
        openings.Add(await log.OpenAsync(Stream, None));
        List<LogEntry> all = await ReadAllAsync(log, beginning);
        foreach (StreamOpening opening in openings)
        {
            Dictionary<string, long> replayed = [];
            foreach (LogEntry entry in all.TakeWhile(e => e.Id <= opening.End.Entry))
            {
                string text = Text(entry.Envelope);
                replayed.Remove(text[1..]);
                if (text[0] == '+')
                {
                    replayed[text[1..]] = entry.Id.Offset;
                }
            }

            Assert.Equal(
                replayed.OrderBy(pair => pair.Value).Select(pair => (pair.Key, pair.Value)),
                opening.State.Select(s => (s.StateKey, s.Position.Entry.Offset)));
        }
    }
}
