using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace Realtime.Edge.Door;

/// <summary>Knows the trusted proxies, and whom they carry.</summary>
internal sealed class TrustedProxies(ProxyOptions options)
{
    /// <summary>Proxies in a row, at most; what lies further is not looked at.</summary>
    private const int HopsMax = 16;

    private readonly ImmutableArray<IPNetwork> _networks =
        [.. options.TrustedProxies.Select(text => TryParse(text, out IPNetwork network) ? network : default)];

    /// <summary>Reads an address or a network.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out IPAddress? single))
        {
            IPAddress plain = AddressGroup.Plain(single);
            network = new IPNetwork(plain, 8 * plain.GetAddressBytes().Length);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }

    public bool Contains(IPAddress address)
    {
        if (_networks.IsEmpty)
        {
            return false;
        }

        IPAddress plain = AddressGroup.Plain(address);
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whose request it is: the peer's, or that of whom it names if it is a trusted proxy. Each proxy adds on the
    /// right whom it saw, so what stands left of the first untrusted address is that one's own claim. What is no
    /// address ends the search at who sent it.
    /// </summary>
    /// <param name="peer">The socket's other end.</param>
    /// <param name="forwardedFor">All values of <c>X-Forwarded-For</c>, in order.</param>
    public IPAddress ClientOf(IPAddress peer, StringValues forwardedFor)
    {
        IPAddress client = AddressGroup.Plain(peer);
        int hops = 0;
        for (int i = forwardedFor.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<char> rest = forwardedFor[i];
            while (true)
            {
                if (!Contains(client) || hops++ == HopsMax)
                {
                    return client;
                }

                int comma = rest.LastIndexOf(',');
                if (!TryReadHop(rest[(comma + 1)..].Trim(), out IPAddress? hop))
                {
                    return client;
                }

                client = hop;
                if (comma < 0)
                {
                    break;
                }

                rest = rest[..comma];
            }
        }

        return client;
    }

    // With a port, as some proxies write it: 192.0.2.1:4711, [2001:db8::1]:4711.
    private static bool TryReadHop(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && IsWhole(text, endPoint))
        {
            address = AddressGroup.Plain(endPoint.Address);
        }

        return address is not null;
    }

    // The parsers of the framework take 7 for 0.0.0.7, which is nothing that a proxy writes.
    private static bool IsWhole(ReadOnlySpan<char> text, IPEndPoint endPoint) =>
        endPoint.Address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count('.') == 3;
}
