using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Realtime.Devhost.Certificates;

namespace Realtime.Devhost.Demo;

/// <summary>The three demo agents: started together, stopped together, nothing of theirs left behind.</summary>
internal sealed class DemoAgents : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient _client;
    private readonly string _sample;
    private readonly Task[] _running;

    private DemoAgents(HttpClient client, string sample, Func<string, HttpClient, CancellationToken, Task[]> start)
    {
        _client = client;
        _sample = sample;
        _running = start(sample, client, _stopping.Token);
    }

    /// <summary>Starts them.</summary>
    /// <param name="edge">Base address of the edge.</param>
    /// <param name="token">A token that may publish.</param>
    /// <param name="certificate">The edge's certificate, trusted.</param>
    /// <param name="logOutlivesProcess">Whether tasks of earlier runs are still in the log: names must then differ.</param>
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

        return new DemoAgents(
            client,
            Directory.CreateTempSubdirectory("realtime-demo-").FullName,
            (sample, http, stopping) =>
            [
                .. DemoPrograms.Choose(sample).Select(program => new DemoAgent(
                    program, program.Agent + run, new PublicApi(http, options, time), options, time,
                    loggers.CreateLogger<DemoAgent>()).RunAsync(stopping)),
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
}
