using System.Collections.Immutable;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Origins;

/// <summary>Lets pages of other origins in, as far as configured (the Fetch standard's CORS protocol).</summary>
internal static class OriginsExtensions
{
    /// <summary>Name of the policy, for the routes that it is for.</summary>
    public const string Policy = "origins";

    // Tells the origin, a client's text, of every request.
    private const string CorsLog = "Microsoft.AspNetCore.Cors";

    /// <summary>
    /// How long a browser need not ask again before each request. A change of configuration takes as long to reach all.
    /// </summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    // The last one is what an event stream resumes by.
    private static readonly string[] RequestHeaders =
        [HeaderNames.Authorization, HeaderNames.ContentType, "Last-Event-ID"];

    // What SDKs read of an answer, beside its status and body.
    private static readonly string[] AnswerHeaders =
    [
        HeaderNames.RetryAfter, "Realtime-Epoch", "Realtime-Offset", "Realtime-End", "Realtime-Exit-Code",
    ];

    public static IServiceCollection AddOrigins(this IServiceCollection services)
    {
        services.AddRealtimeOptions<OriginOptions>();
        services.AddCors();
        services.AddOptions<CorsOptions>()
            .Configure<OriginOptions>((cors, options) => cors.AddPolicy(Policy, PolicyOf(options.AllowedOrigins)));
        return services.AddQuietLog(CorsLog);
    }

    /// <summary>
    /// Answers what browsers ask before a request, which has no token, and names the origin on answers to it. Who is
    /// not allowed is kept out by the browser.
    /// </summary>
    public static void UseOrigins(this IApplicationBuilder app) => app.UseCors();

    /// <summary>Keeps pages of other origins from opening connections, which browsers don't.</summary>
    public static IApplicationBuilder UseOriginCheck(this IApplicationBuilder app) => app.UseMiddleware<OriginCheck>();

    // No credentials: tokens come by headers, and nothing here has cookies.
    private static CorsPolicy PolicyOf(ImmutableArray<string> allowed)
    {
        CorsPolicyBuilder policy = new CorsPolicyBuilder()
            .WithMethods(HttpMethods.Get, HttpMethods.Post)
            .WithHeaders(RequestHeaders)
            .WithExposedHeaders(AnswerHeaders)
            .SetPreflightMaxAge(PreflightMaxAge);
        return (allowed is [AllowedOrigin.Any]
            ? policy.AllowAnyOrigin()
            : policy.WithOrigins([.. allowed.Select(Normal)])).Build();
    }

    private static string Normal(string configured) =>
        AllowedOrigin.TryParse(configured, out string origin) ? origin : configured;
}
