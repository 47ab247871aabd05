using System.Net;

namespace Realtime.Edge.Tls;

/// <summary>An address to listen on, as configured.</summary>
internal static class ListenAddress
{
    public const string Https = "https://";

    public const string Http = "http://";

    public static string Rule(string scheme) =>
        $"must be {scheme}, an IP address, localhost or *, and a port, such as {scheme}0.0.0.0:8443";

    public static bool TryParse(string text, out IPEndPoint endPoint, string scheme = Https)
    {
        endPoint = new(IPAddress.Loopback, 0);
        bool isIts = text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        string rest = isIts ? text[scheme.Length..].TrimEnd('/') : "";
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
