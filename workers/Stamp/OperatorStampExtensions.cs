using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Stamp;

/// <summary>Who may ask for <c>/internal</c>: an edge on behalf of an operator, and nobody else.</summary>
internal static class OperatorStampExtensions
{
    /// <summary>
    /// Refuses what has <c>/internal</c> in its path and no valid <see cref="OperatorStamp"/> for just this request,
    /// with 401. The stamp opens nothing else. Stands before <c>UseStampedIdentity</c>.
    /// </summary>
    public static IApplicationBuilder UseOperatorStamp(this IApplicationBuilder app)
    {
        OperatorStamp stamp = app.ApplicationServices.GetRequiredService<OperatorStamp>();
        return app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/internal"))
            {
                return next(context);
            }

            string? text = context.Request.Headers[OperatorStamp.Header] is [{ } only] ? only : null;
            string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (!stamp.TryVerify(text, context.Request.Method, target, out string? edge))
            {
                return Problem.WriteAsync(
                    context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
                    "This is for edges on behalf of an operator: ask the admin API of an edge.");
            }

            context.Features.Set(new Operator(edge));
            return next(context);
        });
    }

    /// <summary>On whose word the request is served.</summary>
    public static Operator GetOperator(this HttpContext context) =>
        context.Features.Get<Operator>()
        ?? throw new InvalidOperationException("The endpoint was reached without UseOperatorStamp.");
}
