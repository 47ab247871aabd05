using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Processes;
using Realtime.Log;
using Realtime.Log.Redis.Repartitioning;

namespace Realtime.Workers.Repartitioning;

/// <summary>
/// <c>dotnet run --project workers -- repartition</c>: changes the number of partitions of a log on Redis. Part of the
/// worker, since nothing else of ours that is delivered knows the log.
/// </summary>
internal sealed class RepartitionCommand(TextWriter output, TextWriter errors, TimeProvider time)
{
    /// <summary>The word that a worker's command line begins with.</summary>
    public const string Name = "repartition";

    /// <summary>Its line in the worker's help.</summary>
    public const string Help =
        "realtime-worker repartition --help: the command that changes the number of partitions of a log on Redis.";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);

    private const string Usage =
        """
        realtime-worker repartition (--partitions N | --resume | --abort) [--redis HOST:PORT]
                                    [--config PATH] [--KEY VALUE]

        Changes the number of partitions of a log on Redis, 1 to 1024. Where Redis is says the configuration
        (event_plane.redis), as for workers, or --redis.

        While it runs, appends are refused (503, retryable) and viewers go on reading what is there. Events keep their
        time and their order per group and get new positions: viewers that resume are told by a gap, reason epoch.
        Limits that hold per stream (entries, state keys, bytes) hold for the new streams from then on.

        1. Redis needs memory for two copies of the log for a while.
        2. Run it. Workers with the old number become unready, then end, and have to be started with the new one
           (event_plane.partitions); start those at any time, they wait until it is done. Until one is up, viewers and
           producers are refused (503), and come back by themselves.
        3. Was it interrupted, use --resume. --abort undoes it until the new partitions are in force.

        Exit codes: 0 done, 1 not done (the reason is on stderr), 2 wrong arguments or configuration,
        130 interrupted (Ctrl+C, SIGTERM).
        """;

    private const int Interrupted = 130;

    private long _told;
    private RepartitionPhase? _phase;

    /// <summary>Does what the arguments say and answers the exit code.</summary>
    public async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        if (args.Contains("--help"))
        {
            await output.WriteLineAsync(Usage);
            return HostRunner.Ended;
        }

        if (RepartitionArguments.Read(args, out string error) is not { } asked)
        {
            await errors.WriteLineAsync($"{error} See --help.");
            return HostRunner.Misconfigured;
        }

        try
        {
            LogOptions options = ReadOptions(asked.Configuration);
            if (options.Redis.Endpoints.Count == 0)
            {
                await errors.WriteLineAsync("No Redis is configured: set event_plane.redis.endpoints or --redis.");
                return HostRunner.Misconfigured;
            }

            await DoAsync(asked, options, stopping);
            await output.WriteLineAsync("Done.");
            return HostRunner.Ended;
        }
        catch (ConfigurationErrorException wrong)
        {
            await errors.WriteLineAsync(wrong.Message);
            return HostRunner.Misconfigured;
        }
        catch (RepartitionException refused)
        {
            await errors.WriteLineAsync(refused.Message);
            return HostRunner.Failed;
        }
        catch (LogUnavailableException away)
        {
            await errors.WriteLineAsync($"{away.Message} What was begun waits; use --resume when Redis is back.");
            return HostRunner.Failed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Interrupted. The log takes nothing until --resume or --abort.");
            return Interrupted;
        }
    }

    private async Task DoAsync(RepartitionArguments asked, LogOptions options, CancellationToken stopping)
    {
        await using var repartition =
            new Repartition(options, time, NullLogger<Repartition>.Instance, Tell);
        Task done = asked switch
        {
            { Partitions: int partitions } => repartition.RunAsync(partitions, stopping),
            { Resumes: true } => repartition.ResumeAsync(stopping),
            _ => repartition.AbortAsync(stopping),
        };
        await done;
    }

    // Each phase once when it begins, and then a line a second.
    private void Tell(RepartitionProgress progress)
    {
        if (progress.Phase == _phase && time.GetElapsedTime(_told) < ProgressInterval)
        {
            return;
        }

        _told = time.GetTimestamp();
        _phase = progress.Phase;
        output.WriteLine(
            $"{progress.Phase}: {progress.TenantsDone} of {progress.Tenants} tenants, {progress.Events} events");
    }

    private static LogOptions ReadOptions(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.AddRealtimeConfiguration(args);
        builder.Services.AddRealtimeOptions<LogOptions>();
        WebApplication app = builder.Build();
        LogOptions options = app.Services.GetRequiredService<LogOptions>();

        // Pages of hundreds of commands are one call here.
        return options with { Redis = options.Redis with { CommandTimeout = CommandTimeout } };
    }
}
