using System.Text;
using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

/// <summary>
/// What every partitioned log must do, whatever it is made of. A derived class makes the log; tests say nothing of
/// clocks, keys or exact lengths after trimming (a log may keep somewhat more than it must).
/// </summary>
public abstract partial class PartitionedLogContract
{
    private const int Partitions = 4;
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>What tests start from: as few partitions as are needed to tell them apart.</summary>
    protected static LogOptions Options { get; } = new() { Partitions = Partitions };

    /// <summary>A tenant that no other test uses.</summary>
    private StreamKey Stream { get; } = new($"t{Guid.NewGuid():N}", 1);

    private TerminalKey Terminal => new(Stream.Tenant, "task-1");

    /// <summary>Makes an empty log (or one in which nobody used this test's tenant); the test disposes of it.</summary>
    protected abstract Task<IPartitionedLog> CreateAsync(LogOptions options);

    /// <summary>
    /// Moves the log's clock on, if it can be moved; called again and again while a test waits for time to pass.
    /// </summary>
    protected virtual void Tick(TimeSpan time)
    {
    }

    private static EventAppend Event(
        string text, string? key = null, string? state = null, bool deletes = false) =>
        new()
        {
            Envelope = Encoding.UTF8.GetBytes(text),
            IdempotencyKey = key,
            StateKey = state,
            DeletesState = deletes,
        };

    private static EventAppend[] Events(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => Event($"event {i}"))];

    private static string Text(ReadOnlyMemory<byte> envelope) => Encoding.UTF8.GetString(envelope.Span);

    private static string[] Texts(IEnumerable<LogEntry> entries) => [.. entries.Select(e => Text(e.Envelope))];

    private static AppendStatus[] Statuses(AppendResult result) => [.. result.Outcomes.Select(o => o.Status)];

    /// <summary>Appends <c>event 1</c> … <c>event count</c>, 50 at a time, and returns their positions.</summary>
    private async Task<List<StreamCursor>> FillAsync(IPartitionedLog log, int count)
    {
        List<StreamCursor> positions = [];
        for (int i = 1; i <= count; i += 50)
        {
            AppendResult result = await log.AppendAsync(Stream, Events(i, Math.Min(50, count - i + 1)), None);
            Assert.All(result.Outcomes, o => Assert.Equal(AppendStatus.Stored, o.Status));
            positions.AddRange(result.Outcomes.Select(o => o.Position));
        }

        return positions;
    }

    private Task<EventRead> ReadAsync(IPartitionedLog log, StreamCursor after, ReadLimit? limit = null) =>
        log.ReadAsync(Stream, after, limit ?? ReadLimit.Default, ReadLane.Live, None);

    /// <summary>
    /// Everything after a cursor, in as many reads as it takes; each must begin where the last one ended.
    /// </summary>
    private async Task<List<LogEntry>> ReadAllAsync(IPartitionedLog log, StreamCursor after)
    {
        List<LogEntry> all = [];
        while (true)
        {
            EventRead read = await ReadAsync(log, after);
            Assert.Equal(ReadOutcome.Whole, read.Outcome);
            if (read.Entries.Count == 0)
            {
                return all;
            }

            all.AddRange(read.Entries);
            after = after with { Entry = read.Entries[^1].Id };
        }
    }

    /// <summary>The cursor before the first entry there ever was.</summary>
    private async Task<StreamCursor> BeginningAsync(IPartitionedLog log) =>
        new(EntryId.Zero, (await log.OpenAsync(Stream, None)).End.Epoch);

    private static Epoch OtherThan(Epoch epoch)
    {
        Epoch other = Epoch.Create();
        return other == epoch ? OtherThan(epoch) : other;
    }
}
