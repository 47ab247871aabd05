using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Pages;

/// <summary>Answers with a file, or that the client has it, or that there are no pages.</summary>
internal sealed class PageEndpoint(PageFiles pages, EdgeMetrics metrics)
{
    // Nothing from elsewhere, nothing inline but styles (terminals and charts set their sizes by them), no frames
    // around it. 'self' in connect-src covers WebSockets of the same origin (CSP 3, 6.7.2.8).
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string PermissionsPolicy =
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    public async Task AnswerAsync(HttpContext context, PageFile file)
    {
        PageVariant variant = file.In(AcceptedEncoding.Choose(context.Request.Headers.AcceptEncoding));
        HttpResponse response = context.Response;
        SetHeaders(response.Headers, file, variant);
        if (HasIt(context.Request, variant))
        {
            metrics.PageAnswered(PageAnswer.NotModified);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        metrics.PageAnswered(PageAnswer.Served);
        response.ContentType = file.ContentType;
        response.ContentLength = variant.Bytes.Length;
        if (variant.Encoding != PageEncoding.Identity)
        {
            response.Headers.ContentEncoding = AcceptedEncoding.NameOf(variant.Encoding);
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(variant.Bytes, context.RequestAborted);
        }
    }

    /// <summary>The answer of <c>/</c> where there is nothing to show.</summary>
    public Task AnswerMissingAsync(HttpContext context)
    {
        metrics.PageAnswered(PageAnswer.Missing);
        return Problem.WriteAsync(
            context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
            pages.IsEnabled
                ? "This edge was built without pages. Install Node.js 18 or newer with npm, and build it again. "
                    + "Everything else works."
                : "This edge serves no pages.");
    }

    private static void SetHeaders(IHeaderDictionary headers, PageFile file, PageVariant variant)
    {
        headers.CacheControl = file.CacheControl;
        headers.ETag = variant.Tag.ToString();
        if (file.IsPacked)
        {
            headers.Vary = HeaderNames.AcceptEncoding;
        }

        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
    }

    // RFC 9110, 13.1.2: by weak comparison, since a proxy on the way may have weakened the tag.
    private static bool HasIt(HttpRequest request, PageVariant variant)
    {
        StringValues known = request.Headers.IfNoneMatch;
        return known.Count > 0
            && EntityTagHeaderValue.TryParseList(known, out IList<EntityTagHeaderValue>? tags)
            && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(variant.Tag, false));
    }
}
