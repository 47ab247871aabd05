using Microsoft.AspNetCore.Builder;

namespace Realtime.Hosting.Problems;

/// <summary>Turns what goes wrong with a request into problem documents.</summary>
public static class ProblemExtensions
{
    /// <summary>
    /// Answers exceptions (unhandled: 500 <c>internal</c>, logged, nothing of it shown; bad requests: 400, 408, 413, …)
    /// and bare error statuses (no such endpoint: 404; no such method: 405) with problem documents. Use it first.
    /// </summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) =>
        app.UseMiddleware<ProblemMiddleware>();
}
