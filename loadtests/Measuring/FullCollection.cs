using System.Globalization;
using System.Net.Sockets;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Asks a .NET process of this user for a full garbage collection, through its diagnostic port, as `dotnet-gcdump`
/// does: a trace session whose provider has the keyword <c>GCHeapCollect</c> begins with one. Without it, what
/// handshakes left behind would count as memory of idle connections until the next collection, which a quiet process
/// may not make for long.
/// </summary>
internal static class FullCollection
{
    private const ulong CollectKeyword = 0x800000;

    private static readonly TimeSpan Max = TimeSpan.FromSeconds(20);

    /// <summary>Whether a process is a .NET process; others have nothing to collect.</summary>
    public static bool IsManaged(int pid)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/maps"))
                .Any(line => line.EndsWith("libcoreclr.so", StringComparison.Ordinal));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Returns once it was made; false if the process has no diagnostic port, or does not answer.</summary>
    public static async Task<bool> RequestAsync(int pid, CancellationToken stopping)
    {
        foreach (string port in DiagnosticPort.Of(pid))
        {
            if (await RequestAsync(port, stopping))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> RequestAsync(string port, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Max);
        try
        {
            // The answer comes when the session has begun, and with it the collection; the end waits for it.
            await using NetworkStream session = await DiagnosticPort.ConnectAsync(port, patience.Token);
            ulong? id = await DiagnosticPort.BeginAsync(
                session, "Microsoft-Windows-DotNETRuntime", CollectKeyword, string.Empty, patience.Token);
            if (id is null)
            {
                return false;
            }

            Task drained = session.CopyToAsync(Stream.Null, patience.Token);
            await using NetworkStream control = await DiagnosticPort.ConnectAsync(port, patience.Token);
            bool stopped = await DiagnosticPort.EndAsync(control, id.Value, patience.Token);
            await drained;
            return stopped;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
