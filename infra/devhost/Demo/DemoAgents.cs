using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Client;

namespace Realtime.Devhost.Demo;

/// <summary>The demo agents: started together, stopped together, nothing of theirs left behind.</summary>
internal sealed partial class DemoAgents : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly RealtimeClient _client;
    private readonly string _scratch;
    private readonly Task[] _running;

    private DemoAgents(RealtimeClient client, string scratch, TimeSpan stagger, IReadOnlyList<DemoAgent> agents)
    {
        _client = client;
        _scratch = scratch;
        Ids = [.. agents.Select(agent => agent.Id)];
        FirstTask = agents.Count > 0 ? agents[0].TaskOf(1) : null;
        _running = [.. agents.Select((agent, index) => agent.RunAsync(stagger * index, _stopping.Token))];
    }

    /// <summary>The agents' ids.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>The first task of the first agent, if there is one.</summary>
    public string? FirstTask { get; }

    /// <summary>Starts them.</summary>
    /// <param name="edge">Base address of the edge.</param>
    /// <param name="token">A token that may publish.</param>
    /// <param name="certificate">The edge's certificate, trusted.</param>
    /// <param name="logOutlivesProcess">Whether tasks of earlier runs are still in the log: names must then
    /// differ.</param>
    /// <param name="options">How they behave.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For what goes wrong.</param>
    public static DemoAgents Start(
        Uri edge, string token, X509Certificate2 certificate, bool logOutlivesProcess, DemoOptions options,
        TimeProvider time, ILoggerFactory loggers)
    {
        RealtimeClient client = Connect(edge, token, certificate, options, time);
        string run = logOutlivesProcess ? "-" + RandomNumberGenerator.GetHexString(6, lowercase: true) : string.Empty;
        string scratch = Directory.CreateTempSubdirectory("realtime-demo-").FullName;
        (IReadOnlyList<DemoPlan> plans, IReadOnlyList<string> leftOut) =
            DemoPlans.Choose(DemoMachine.Inspect(scratch));
        Explain(leftOut, loggers.CreateLogger<DemoAgents>());
        return new DemoAgents(
            client,
            scratch,
            options.Stagger,
            [
                .. plans.Select(plan => new DemoAgent(
                    plan, plan.Agent + run, client, options, time, loggers.CreateLogger<DemoAgent>())),
            ]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        _stopping.Dispose();
        await _client.DisposeAsync();
        try
        {
            Directory.Delete(_scratch, recursive: true);
        }
        catch (IOException)
        {
            // A killed compiler's last file: the system cleans its temporary directory.
        }
    }

    // What can't be stored for now is tried for as long as it takes: an hour is longer than any task, and the devhost
    // that has no edge for so long has other worries.
    private static RealtimeClient Connect(
        Uri edge, string token, X509Certificate2 certificate, DemoOptions options, TimeProvider time) => new(
        new RealtimeClientOptions
        {
            Url = edge,
            Token = FixedToken.Of(token),
            TrustedCertificate = certificate,
            TimeProvider = time,
            Reconnect = new ReconnectOptions { Delay = options.RetryDelay },
            Publish = new PublishOptions
            {
                AttemptsMax = int.MaxValue,
                DelayMax = options.RetryDelayMax,
                Timeout = TimeSpan.FromHours(1),
            },
        });

    private static void Explain(IReadOnlyList<string> leftOut, ILogger logger)
    {
        if (!RunningProgram.HasPseudoTerminals)
        {
            Log.NoPseudoTerminals(logger);
        }

        foreach (string line in leftOut)
        {
            Log.LeftOut(logger, line);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "`script` of util-linux is not here: demo programs run on plain pipes, most of them without colours.")]
        public static partial void NoPseudoTerminals(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "{Reason}")]
        public static partial void LeftOut(ILogger logger, string reason);
    }
}
