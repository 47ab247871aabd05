using System.Net;

namespace Realtime.Edge.Tls;

/// <summary>An address to listen on, as configured.</summary>
internal static class ListenAddress
{
    public const string Rule =
        "must be https://, an IP address, localhost or *, and a port, such as https://0.0.0.0:8443";

    private const string Scheme = "https://";

    public static bool TryParse(string text, out IPEndPoint endPoint)
    {
        endPoint = new(IPAddress.Loopback, 0);
        bool isHttps = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        string rest = isHttps ? text[Scheme.Length..].TrimEnd('/') : "";
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(rest[(colon + 1)..], out ushort port))
        {
            return false;
        }

        IPAddress? address = rest[..colon] switch
        {
            "localhost" => IPAddress.Loopback,
            // Both families by one socket.
            "*" => IPAddress.IPv6Any,
            string host => IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null,
        };
        endPoint = new(address ?? IPAddress.Loopback, port);
        return address is not null;
    }
}
