using Realtime.Hosting.Identity;

namespace Realtime.Workers.Stamp;

/// <summary>Who a request belongs to: a worker believes the edge's stamp, and nothing else.</summary>
internal static class StampedIdentityExtensions
{
    /// <summary>
    /// Refuses requests without a valid stamp with 401 (those of an edge at a time that can't be, with 503 for the edge
    /// alone), but for endpoints marked by <see cref="AllowUnstamped"/>.
    /// Stands after routing.
    /// </summary>
    public static IApplicationBuilder UseStampedIdentity(this IApplicationBuilder app)
    {
        IdentityStamp stamp = app.ApplicationServices.GetRequiredService<IdentityStamp>();
        StampRefusals refusals = app.ApplicationServices.GetRequiredService<StampRefusals>();
        return app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<AllowUnstampedAttribute>() is not null
                || context.Features.Get<Operator>() is not null)
            {
                return next(context);
            }

            // Two stamps are one too many: whoever added the second hopes that somebody reads the other one.
            string? text = context.Request.Headers[IdentityStamp.Header] is [{ } only] ? only : null;
            StampVerdict verdict = stamp.Verify(text, out Identity? identity);
            if (verdict == StampVerdict.Untimely)
            {
                return refusals.UntimelyAsync(context, "identity");
            }

            if (verdict != StampVerdict.Good)
            {
                return refusals.WrongAsync(
                    context, "identity", context.Request.Headers.ContainsKey(IdentityStamp.Header),
                    "The request does not come from an edge. Clients speak to edges.");
            }

            context.Features.Set(identity);
            return next(context);
        });
    }

    /// <summary>Lets an endpoint be reached without a stamp.</summary>
    public static TBuilder AllowUnstamped<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AllowUnstampedAttribute());

    /// <summary>Who the request belongs to.</summary>
    public static Identity GetIdentity(this HttpContext context) =>
        context.Features.Get<Identity>()
        ?? throw new InvalidOperationException("The endpoint was reached without UseStampedIdentity.");
}
