using System.Net;
using System.Net.Sockets;

namespace Realtime.Loadtests.Targets;

/// <summary>Ports of the loopback that nobody listens on.</summary>
internal static class FreePorts
{
    // Below those that connections get by themselves, so that it stays free while who listens there is away.
    private const int Least = 20_000;
    private const int Most = 32_000;

    /// <summary>One of them.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = Random.Shared.Next(Least, Most);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
