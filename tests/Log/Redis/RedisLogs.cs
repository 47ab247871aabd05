using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// What the tests of faults have in common: logs, events that tell themselves apart, waiting for what comes.
/// </summary>
internal static class RedisLogs
{
    public static readonly StreamKey Events = new("acme", 1);
    public static readonly TerminalKey Terminal = new("acme", "task-1");
    public static readonly CancellationToken None = CancellationToken.None;

    // Patient, for machines that have much else to do; what no test waits for.
    public static LogOptions Options(params string[] endpoints) => new()
    {
        Partitions = 4,
        Redis = new RedisOptions { Endpoints = endpoints, CommandTimeout = TimeSpan.FromSeconds(10) },
    };

    /// <summary>The same, soon out of patience: for tests in which Redis doesn't answer.</summary>
    public static LogOptions Impatient(string endpoint) => Options(endpoint) with
    {
        Redis = new RedisOptions
        {
            Endpoints = [endpoint],
            ConnectTimeout = TimeSpan.FromSeconds(1),
            CommandTimeout = TimeSpan.FromSeconds(1),
            ProbeInterval = TimeSpan.FromMilliseconds(200),
            ReconnectAfter = TimeSpan.FromSeconds(2),
        },
    };

    public static RedisLog Create(LogOptions options, ILogger<RedisLog>? logger = null) =>
        new(options, TimeProvider.System, logger ?? NullLogger<RedisLog>.Instance);

    public static RedisLog Create(RedisServer server) => Create(Options(server.Endpoint));

    public static EventAppend Event(string text, string? key = null, string? state = null) =>
        new() { Envelope = Encoding.UTF8.GetBytes(text), IdempotencyKey = key, StateKey = state };

    public static string Text(LogEntry entry) => Encoding.UTF8.GetString(entry.Envelope.Span);

    public static TerminalAppend Bytes(string text) => new() { Data = Encoding.UTF8.GetBytes(text) };

    /// <summary>Appends <c>event {from}</c> and the following ones, and returns where they stand.</summary>
    public static async Task<List<StreamCursor>> FillAsync(IPartitionedLog log, int from, int count)
    {
        EventAppend[] batch = [.. Enumerable.Range(from, count).Select(i => Event($"event {i}"))];
        AppendResult result = await log.AppendAsync(Events, batch, None);
        Assert.All(result.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        return [.. result.Outcomes.Select(outcome => outcome.Position)];
    }

    public static Task<EventRead> ReadAsync(IPartitionedLog log, StreamCursor after) =>
        log.ReadAsync(
            Events, after, new ReadLimit(LogLimits.ReadEntriesMax, LogLimits.ReadBytesMax), ReadLane.Live, None);

    /// <summary>Waits until the log answers again.</summary>
    public static Task BackAsync(IPartitionedLog log) => Eventually.TrueAsync("the log is back", async () =>
    {
        try
        {
            await log.OpenAsync(Events, None);
            await log.CheckAsync(None);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }, TimeSpan.FromSeconds(30));

    /// <summary>Waits until a call fails because the log is unavailable, and returns why.</summary>
    public static async Task<LogUnavailableException> FailsAsync(Func<Task> call)
    {
        LogUnavailableException? failure = null;
        await Eventually.TrueAsync("the call fails", async () =>
        {
            try
            {
                await call();
                return false;
            }
            catch (LogUnavailableException unavailable)
            {
                failure = unavailable;
                return true;
            }
        });
        return failure!;
    }

    public static StreamCursor Beginning(Epoch epoch) => new(EntryId.Zero, epoch);
}
