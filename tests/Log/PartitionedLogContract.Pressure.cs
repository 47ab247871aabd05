using Realtime.Log;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private static readonly LogOptions Shallow = Options with { QueueDepthMax = 10 };

    [Fact]
    public async Task Without_a_live_reader_there_is_no_depth()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);

        AppendResult result = await log.AppendAsync(Stream, Events(1, 50), None);

        Assert.All(result.Outcomes, o => Assert.Equal(AppendStatus.Stored, o.Status));
        Assert.Equal(new Pressure(PressureState.Ok, 0, 10), result.Pressure);
    }

    [Fact]
    public async Task Pressure_goes_from_ok_to_pause_to_refusal_and_back()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);
        Task ReportAsync(long offset) => log.ReportReaderAsync(Stream, "reader", offset, None);

        await ReportAsync(0);
        AppendResult below = await log.AppendAsync(Stream, [Event("1", "first"), .. Events(2, 6)], None);
        Assert.Equal(new Pressure(PressureState.Ok, 7, 10), below.Pressure);

        await ReportAsync(0);
        AppendResult at = await log.AppendAsync(Stream, Events(8, 1), None);
        Assert.Equal(new Pressure(PressureState.Pause, 8, 10), at.Pressure);

        await ReportAsync(0);
        AppendResult full = await log.AppendAsync(Stream, Events(9, 4), None);
        Assert.Equal(
            [AppendStatus.Stored, AppendStatus.Stored, AppendStatus.Pressure, AppendStatus.AfterRefused],
            Statuses(full));
        Assert.Equal(new Pressure(PressureState.Pause, 10, 10), full.Pressure);

        // A known key is answered even now: it stores nothing, and shows the pressure.
        Task<AppendResult> AgainAsync() => log.AppendAsync(Stream, [Event("1", "first")], None);
        await ReportAsync(5);
        AppendResult half = await AgainAsync();
        Assert.Equal([AppendStatus.Duplicate], Statuses(half));
        Assert.Equal(new Pressure(PressureState.Pause, 5, 10), half.Pressure);

        await ReportAsync(6);
        Assert.Equal(new Pressure(PressureState.Ok, 4, 10), (await AgainAsync()).Pressure);

        await ReportAsync(6);
        AppendResult resumed = await log.AppendAsync(Stream, Events(11, 2), None);
        Assert.Equal(new Pressure(PressureState.Ok, 6, 10), resumed.Pressure);
    }

    [Fact]
    public async Task An_empty_batch_stores_nothing_and_tells_the_pressure()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);
        await log.AppendAsync(Stream, Events(1, 8), None);
        await log.ReportReaderAsync(Stream, "slow", 0, None);

        AppendResult asked = await log.AppendAsync(Stream, [], None);

        Assert.Empty(asked.Outcomes);
        Assert.Equal(new Pressure(PressureState.Pause, 8, 10), asked.Pressure);
        await log.ReportReaderAsync(Stream, "slow", 8, None);
        Assert.Equal(new Pressure(PressureState.Ok, 0, 10), (await log.AppendAsync(Stream, [], None)).Pressure);
        Assert.Equal(8, (await log.OpenAsync(Stream, None)).End.Entry.Offset);
    }

    [Fact]
    public async Task The_slowest_reader_is_what_counts()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);
        await log.AppendAsync(Stream, Events(1, 6), None);
        await log.ReportReaderAsync(Stream, "slow", 2, None);
        await log.ReportReaderAsync(Stream, "fast", 6, None);

        AppendResult result = await log.AppendAsync(Stream, Events(7, 1), None);

        Assert.Equal(5, result.Pressure.Depth);
    }

    [Fact]
    public async Task A_reader_of_one_stream_says_nothing_of_another()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);
        await log.ReportReaderAsync(Stream with { Tenant = Stream.Tenant + "x" }, "reader", 0, None);
        await log.ReportReaderAsync(Stream with { Partition = 2 }, "reader", 0, None);

        AppendResult result = await log.AppendAsync(Stream, Events(1, 20), None);

        Assert.Equal(0, result.Pressure.Depth);
    }

    [Fact]
    public async Task A_reader_that_reports_no_more_stops_counting()
    {
        await using IPartitionedLog log = await CreateAsync(Shallow);
        await log.ReportReaderAsync(Stream, "gone", 0, None);
        AppendResult full = await log.AppendAsync(Stream, Events(1, 11), None);
        Assert.Equal(AppendStatus.Pressure, full.Outcomes[10].Status);

        await Eventually.TrueAsync("the reader that is gone no longer refuses appends", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(500));
            AppendResult result = await log.AppendAsync(Stream, Events(11, 1), None);
            return result.Outcomes[0].Status == AppendStatus.Stored
                && result.Pressure is { State: PressureState.Ok, Depth: 0 };
        });
    }

    [Fact]
    public async Task With_backpressure_switched_off_nothing_is_refused()
    {
        await using IPartitionedLog log =
            await CreateAsync(Shallow with { Backpressure = new BackpressureOptions { Enabled = false } });
        await log.ReportReaderAsync(Stream, "reader", 0, None);

        AppendResult result = await log.AppendAsync(Stream, Events(1, 20), None);

        Assert.All(result.Outcomes, o => Assert.Equal(AppendStatus.Stored, o.Status));
        Assert.Equal(PressureState.Ok, result.Pressure.State);
    }

    [Fact]
    public async Task The_doorbell_rings_after_each_append_to_its_stream_and_no_other()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        int rung = 0, other = 0;
        await using IAsyncDisposable listening =
            await log.ListenAsync(Stream, _ => Interlocked.Increment(ref rung), None);
        await using IAsyncDisposable elsewhere =
            await log.ListenAsync(Stream with { Partition = 2 }, _ => Interlocked.Increment(ref other), None);
        int before = Volatile.Read(ref other);

        await log.AppendAsync(Stream, Events(1, 1), None);
        await Eventually.TrueAsync("the bell rings", () => Volatile.Read(ref rung) > 0);
        int first = Volatile.Read(ref rung);
        await log.AppendAsync(Stream, Events(2, 1), None);
        await Eventually.TrueAsync("the bell rings again", () => Volatile.Read(ref rung) > first);

        Assert.Equal(before, Volatile.Read(ref other));
    }

    [Fact]
    public async Task Who_stopped_listening_hears_no_bell_and_others_still_do()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        int stopped = 0, stayed = 0;
        IAsyncDisposable first = await log.ListenAsync(Stream, _ => Interlocked.Increment(ref stopped), None);
        await using IAsyncDisposable second =
            await log.ListenAsync(Stream, _ => Interlocked.Increment(ref stayed), None);
        await first.DisposeAsync();
        int before = Volatile.Read(ref stopped);

        await log.AppendAsync(Stream, Events(1, 1), None);

        await Eventually.TrueAsync("the other listener is rung", () => Volatile.Read(ref stayed) > 0);
        Assert.Equal(before, Volatile.Read(ref stopped));
    }
}
