using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Metrics;
using Realtime.Hosting.Problems;
using Realtime.Hosting.Processes;
using Realtime.Hosting.Sockets;
using Realtime.Log;
using Realtime.Workers.Budgets;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.Drain;
using Realtime.Workers.Health;
using Realtime.Workers.History;
using Realtime.Workers.Ingest;
using Realtime.Workers.Internal;
using Realtime.Workers.Partitions;
using Realtime.Workers.Revocations;
using Realtime.Workers.Stamp;
using Realtime.Workers.Tail;
using Realtime.Workers.Tickets;

namespace Realtime.Workers;

/// <summary>
/// Composes a worker, in the order bytes travel. Several may live in one process: nothing here is static.
/// </summary>
/// <remarks>
/// <code>
///   edge                        worker
///   -----  Realtime-Identity    ----------------------------------------------------------------
///   POST  ----------------->  Stamp -> Ingest  -> [ partitioned log ]
///   GET   ----------------->  Stamp -> History -> [ partitioned log ]  (bulk lane)
///   WS publish ------------>  Stamp -> Connections -> Ingest -> [ partitioned log ]
///   WS    ----------------->  Stamp -> Connections &lt;- Delivery &lt;- Routing &lt;- Tail &lt;- [ log ]
///   operator by edge ------>  Internal -> Drain, Connections   (Realtime-Operator)
///   probe ----------------->  Health, Metrics   (no identity)
/// </code>
/// </remarks>
public static partial class WorkerHost
{
    private const int EdgeHeadBytesMax = 256 * 1024;
    private const int StampBytesMax = 32 * 1024;
    private const int EdgeHeadersMax = 1_000;
    private const int StampHeadersMax = 24;

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Nothing is read again while it runs. Watching for it would cost for each file that anybody writes in the
            // directory it was started in: 4 % of a worker's time beside a Redis that appends there.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.AddRealtimeProcess(args);
        configure?.Invoke(builder);

        IServiceCollection services = builder.Services;
        services.AddRealtimeOptions<WorkerOptions>();
        services.AddRealtimeMetrics(static provider =>
            new MetricsOrigin("worker", provider.GetRequiredService<WorkerOptions>().Name));
        services.AddStamp();
        services.AddPartitionedLog(builder.Configuration);
        services.AddRevocations();
        services.AddTickets();
        services.AddBudgets();
        services.AddWorkerHealth();
        services.AddPartitions();
        WorkerOptions options = builder.Configuration.ReadRealtimeOptions<WorkerOptions>();
        if (options.Has(WorkerRole.Ingest))
        {
            services.AddSingleton(new ServedRole(WorkerRole.Ingest));
            services.AddIngest();
            services.AddPartitionWatch();
        }

        if (options.Has(WorkerRole.Stream))
        {
            services.AddSingleton(new ServedRole(WorkerRole.Stream));
            services.AddHistory();
            services.AddTails();
            services.AddDelivery();
            services.AddClientConnections();
        }

        services.AddDrain();
        services.AddInternal();

        // What is flushed is sent where it was flushed, without another thread in between: sends never wait, and what
        // comes from a socket still begins on a thread of the pool.
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxResponseBufferSize = options.UnsentBytesMax;

            // What an edge lets in at most (its listener's options), and what it adds: else the worker's server would
            // refuse it without a word of ours.
            kestrel.Limits.MaxRequestLineSize = EdgeHeadBytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = EdgeHeadBytesMax + StampBytesMax;
            kestrel.Limits.MaxRequestHeaderCount = EdgeHeadersMax + StampHeadersMax;
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                listen.UseUnsentLimit(options.UnsentBytesMax);
                listen.UseTakenConnections();
            });
            // Each endpoint has its own limit, below this one, which ends the reading of what was refused already.
            kestrel.Limits.MaxRequestBodySize = 4 * LogLimits.TerminalAppendBytesMax;
        });

        WebApplication app = builder.Build();
        app.Urls.Add(options.Listen);
        app.UseProblems();
        app.UseProbeVerdict();
        app.MapGroup("").AllowUnstamped().MapHealth().MapMetrics(isGuarded: true);
        app.UseOperatorStamp();
        app.UseStampedIdentity();
        app.UseRevocations();
        app.MapInternal();
        app.MapTickets();
        if (options.Has(WorkerRole.Ingest))
        {
            app.MapIngest();
        }
        else
        {
            app.MapRefusals(WorkerRole.Ingest);
        }

        if (options.Has(WorkerRole.Stream))
        {
            app.MapHistory();
            app.MapClientConnections();
        }
        else
        {
            app.MapRefusals(WorkerRole.Stream);
        }

        app.Lifetime.ApplicationStarted.Register(() => Log.Listening(
            app.Logger, app.Services.GetRequiredService<WorkerOptions>().Name, string.Join(", ", app.Urls)));
        return app;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Worker {Name} listens on {Addresses}")]
        public static partial void Listening(ILogger logger, string name, string addresses);
    }
}
