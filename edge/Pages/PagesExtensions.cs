using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Pages;

/// <summary>The pages: before Auth, since who opens them has no token yet.</summary>
internal static class PagesExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRealtimeOptions<PagesOptions>();
        services.TryAddSingleton(provider => PageFiles.Read(
            typeof(PagesExtensions).Assembly, provider.GetRequiredService<PagesOptions>()));
        services.TryAddSingleton<PageEndpoint>();
        return services;
    }

    /// <summary>
    /// One route for each file: routing itself then answers other methods (405) and other paths (404). Pages address
    /// their views by the fragment, so there are no other paths to show them at.
    /// </summary>
    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        PageFiles pages = endpoints.ServiceProvider.GetRequiredService<PageFiles>();
        PageEndpoint endpoint = endpoints.ServiceProvider.GetRequiredService<PageEndpoint>();
        foreach (PageFile file in pages.All)
        {
            endpoints.Map(Literally(file.Path), context => endpoint.AnswerAsync(context, file))
                .WithMetadata(new HttpMethodMetadata(Methods));
        }

        endpoints.MapMethods("/", Methods, context => pages.Start is { } start
            ? endpoint.AnswerAsync(context, start)
            : endpoint.AnswerMissingAsync(context));
    }

    // A file's name may hold what means something in a route's text.
    private static RoutePattern Literally(string path) => RoutePatternFactory.Pattern(
        path.Split('/').Select(part => RoutePatternFactory.Segment(RoutePatternFactory.LiteralPart(part))));
}
