using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Identity;

namespace Realtime.Workers.Stamp;

/// <summary>Who may ask for <c>/internal</c>: an edge on behalf of an operator, and nobody else.</summary>
internal static class OperatorStampExtensions
{
    /// <summary>
    /// Refuses what has <c>/internal</c> in its path and no valid <see cref="OperatorStamp"/> for just this request to
    /// just this worker, with 401, and orders that were given already. The stamp opens nothing else. Stands before
    /// <c>UseStampedIdentity</c>.
    /// </summary>
    public static IApplicationBuilder UseOperatorStamp(this IApplicationBuilder app)
    {
        OperatorStamp stamp = app.ApplicationServices.GetRequiredService<OperatorStamp>();
        StampRefusals refusals = app.ApplicationServices.GetRequiredService<StampRefusals>();
        SeenOrders seen = app.ApplicationServices.GetRequiredService<SeenOrders>();
        string worker = app.ApplicationServices.GetRequiredService<WorkerOptions>().Name;
        return app.Use((context, next) =>
        {
            HttpRequest request = context.Request;
            if (!request.Path.StartsWithSegments("/internal"))
            {
                return next(context);
            }

            string? text = request.Headers[OperatorStamp.Header] is [{ } only] ? only : null;
            string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            StampVerdict verdict = stamp.Verify(text, request.Method, target, worker, out OperatorWord? word);
            if (verdict != StampVerdict.Good)
            {
                return verdict == StampVerdict.Untimely
                    ? refusals.UntimelyAsync(context, "operator")
                    : refusals.WrongAsync(
                        context, "operator", request.Headers.ContainsKey(OperatorStamp.Header),
                        "This is for edges on behalf of an operator: ask the admin API of an edge.");
            }

            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
                && context.GetEndpoint()?.Metadata.GetMetadata<RepeatableOrderAttribute>() is null
                && seen.TryAdd(word!.Mac) is not true and var known)
            {
                return known is null ? refusals.CrowdedAsync(context) : refusals.ReplayedAsync(context);
            }

            context.Features.Set(new Operator(word!.Edge));
            return next(context);
        });
    }

    /// <summary>On whose word the request is served.</summary>
    public static Operator GetOperator(this HttpContext context) =>
        context.Features.Get<Operator>()
        ?? throw new InvalidOperationException("The endpoint was reached without UseOperatorStamp.");
}
