using System.Net.Sockets;

namespace Realtime.Loadtests.Targets;

/// <summary>Asks a server whether it is ready.</summary>
internal static class Readiness
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan AskMax = TimeSpan.FromSeconds(5);

    /// <summary>Asks <c>/readyz</c> once.</summary>
    public static async Task<bool> AskAsync(HttpClient http, Uri address, CancellationToken stopping)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, "readyz"), stopping);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException
            || (failure is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Whether somebody listens on a port of the loopback.</summary>
    public static async Task<bool> ListensAsync(int port, CancellationToken stopping)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, stopping);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
