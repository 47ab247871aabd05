using System.Globalization;

namespace Realtime.Edge.Tls;

/// <summary>
/// Tells browsers, with every public answer, to come by TLS only and to take no answer for what it does not say to be.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, TlsOptions options)
{
    // A certificate that browsers don't trust would, with HSTS, lock them out of everything on this host.
    private readonly string? _hsts = options.CertificateFile is null || options.Hsts < TimeSpan.FromSeconds(1)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.Hsts.TotalSeconds}");

    public Task InvokeAsync(HttpContext context)
    {
        // When it starts: what an answer was to be before, with its headers, may be dropped for another.
        context.Response.OnStarting(
            static state =>
            {
                var (response, hsts) = ((HttpResponse, string?))state;
                response.Headers.XContentTypeOptions = "nosniff";
                if (hsts is not null)
                {
                    response.Headers.StrictTransportSecurity = hsts;
                }

                return Task.CompletedTask;
            },
            (context.Response, _hsts));
        return next(context);
    }
}
