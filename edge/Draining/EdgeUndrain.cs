using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Draining;

/// <summary>
/// The end of a drain: tells each worker, until it has heard, that this edge's connections stay. Nothing new is taken
/// before all that could get it have heard: it would be sent away at once.
/// </summary>
internal sealed partial class EdgeUndrain(
    EdgeDrainRun run, string target, WorkerTable workers, WorkerAsk ask, TimeProvider clock, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>An edge does not stay away for good for a worker that is ready but never takes the word.</summary>
    private const int RoundsMax = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Unanswered[] _pending = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Done when each worker that gets new work has heard.</summary>
    public Task Told => _told.Task;

    /// <summary>Workers that have not.</summary>
    public ImmutableArray<Unanswered> Pending => [.. Volatile.Read(ref _pending)];

    public void Begin() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            // First, so that none of its orders comes behind this.
            await run.DisposeAsync();
            Worker[] left = [.. workers.All];
            for (int round = 1; left.Length > 0; round++)
            {
                left = await TellAsync(left, round);
                if (round >= RoundsMax || left.All(worker => !worker.IsAvailable))
                {
                    _told.TrySetResult();
                }

                // At the deadline of the drain it is over at the workers too.
                if (left.Length > 0 && run.Left <= TimeSpan.Zero)
                {
                    break;
                }

                await (left.Length > 0 ? Task.Delay(Interval, clock, _stopping.Token) : Task.CompletedTask);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Another drain, or the end.
        }
        finally
        {
            _told.TrySetResult();
        }
    }

    private async Task<Worker[]> TellAsync(Worker[] left, int round)
    {
        WorkerWord[] words = await Task.WhenAll(
            left.Select(worker => ask.AskAsync(worker, HttpMethod.Post, target, _stopping.Token)));
        WorkerWord[] bad = [.. words.Where(word => !word.IsGood)];
        Volatile.Write(ref _pending, [.. Unanswered.Among(bad)]);
        foreach (WorkerWord word in bad)
        {
            if (round == 1)
            {
                Log.NotTold(logger, word.Worker.Id, word.Error!);
            }
        }

        return [.. bad.Select(word => word.Worker)];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Worker {Worker} did not take the word that this edge's connections stay; it is told again. {Error}")]
        public static partial void NotTold(ILogger logger, string worker, string error);
    }
}
