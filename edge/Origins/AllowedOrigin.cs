namespace Realtime.Edge.Origins;

/// <summary>
/// An origin as browsers send it (RFC 6454, 6.2): scheme, host, and the port unless it is the scheme's own.
/// </summary>
internal static class AllowedOrigin
{
    public const string Any = "*";

    public const string Rule =
        "must be *, or an origin without a path such as https://app.example.org or https://app.example.org:8443 "
        + "(http:// for localhost only)";

    /// <summary>Reads what was configured; gives the form in which browsers send it.</summary>
    public static bool TryParse(string text, out string origin)
    {
        origin = Any;
        if (text == Any)
        {
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0
            || uri.Host.Contains('*')
            || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            return false;
        }

        string host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        origin = uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
        return true;
    }
}
