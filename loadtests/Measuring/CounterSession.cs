using System.Net.Sockets;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Counts what the counters of one meter of a process count while it is open, through the process's diagnostic port, as
/// `dotnet-counters` does. Counters are told once a second: who ends it waits until nothing happens any more.
/// </summary>
internal sealed class CounterSession
{
    private const string Provider = "System.Diagnostics.Metrics";
    private const ulong TimeSeriesValues = 0x2;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _session;
    private readonly string _port;
    private readonly ulong _id;
    private readonly Task<byte[]> _reading;
    private readonly string _meter;

    private CounterSession(NetworkStream session, string port, ulong id, string meter)
    {
        _session = session;
        _port = port;
        _id = id;
        _meter = meter;
        _reading = ReadAsync();
    }

    /// <summary>How long to wait after the last of what is to be counted.</summary>
    public static TimeSpan Settling => TimeSpan.FromSeconds(2.5);

    /// <summary>Begins; null if the process has no diagnostic port, or does not answer.</summary>
    public static async Task<CounterSession?> StartAsync(int pid, string meter, CancellationToken stopping)
    {
        foreach (string port in DiagnosticPort.Of(pid))
        {
            NetworkStream? session = null;
            try
            {
                session = await DiagnosticPort.ConnectAsync(port, stopping);
                string arguments =
                    $"SessionId=loadtests;Metrics={meter};RefreshInterval=1;MaxTimeSeries=1000;MaxHistograms=10";
                if (await DiagnosticPort.BeginAsync(session, Provider, TimeSeriesValues, arguments, stopping) is { } id)
                {
                    return new CounterSession(session, port, id, meter);
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                // A port that was left behind.
            }

            await (session?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        return null;
    }

    /// <summary>Ends it; what was counted, by name and tags as <c>name{tag=value}</c>.</summary>
    public async Task<IReadOnlyDictionary<string, double>> StopAsync(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(AnswerMax);
        await using NetworkStream control = await DiagnosticPort.ConnectAsync(_port, patience.Token);
        await DiagnosticPort.EndAsync(control, _id, patience.Token);
        byte[] trace = await _reading.WaitAsync(patience.Token);
        await _session.DisposeAsync();
        return CounterTrace.Read(trace, _meter);
    }

    private async Task<byte[]> ReadAsync()
    {
        using var trace = new MemoryStream();
        await _session.CopyToAsync(trace);
        return trace.ToArray();
    }
}
