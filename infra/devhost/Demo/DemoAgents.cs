using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Devhost.Certificates;

namespace Realtime.Devhost.Demo;

/// <summary>The three demo agents: started together, stopped together, nothing of theirs left behind.</summary>
internal sealed partial class DemoAgents : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient _client;
    private readonly string _sample;
    private readonly Task[] _running;

    private DemoAgents(HttpClient client, string sample, IReadOnlyList<DemoAgent> agents)
    {
        _client = client;
        _sample = sample;
        Ids = [.. agents.Select(agent => agent.Id)];
        _running = [.. agents.Select(agent => agent.RunAsync(_stopping.Token))];
    }

    /// <summary>The agents' ids.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Starts them.</summary>
    /// <param name="edge">Base address of the edge.</param>
    /// <param name="token">A token that may publish.</param>
    /// <param name="certificate">The edge's certificate, trusted.</param>
    /// <param name="logOutlivesProcess">Whether tasks of earlier runs are still in the log: names must then
    /// differ.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For what goes wrong.</param>
    public static DemoAgents Start(
        Uri edge, string token, X509Certificate2 certificate, bool logOutlivesProcess, TimeProvider time,
        ILoggerFactory loggers)
    {
        var client = new HttpClient(TrustingHandler.Create(certificate)) { BaseAddress = edge };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.Timeout = TimeSpan.FromSeconds(10);
        string run = logOutlivesProcess ? "-" + RandomNumberGenerator.GetHexString(6, lowercase: true) : string.Empty;
        var options = new DemoOptions();
        var api = new PublicApi(client, options, time);
        string sample = Directory.CreateTempSubdirectory("realtime-demo-").FullName;
        ILogger<DemoAgents> logger = loggers.CreateLogger<DemoAgents>();
        if (!RunningProgram.HasPseudoTerminals)
        {
            Log.NoPseudoTerminals(logger);
        }

        return new DemoAgents(
            client,
            sample,
            [
                .. DemoPrograms.Choose(sample).Select(program => new DemoAgent(
                    program, program.Agent + run, api, options, time, loggers.CreateLogger<DemoAgent>())),
            ]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        _stopping.Dispose();
        _client.Dispose();
        try
        {
            Directory.Delete(_sample, recursive: true);
        }
        catch (IOException)
        {
            // A killed compiler's last file: the system cleans its temporary directory.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "`script` of util-linux is not here: demo programs run on plain pipes, most of them without colours.")]
        public static partial void NoPseudoTerminals(ILogger logger);
    }
}
