using Microsoft.AspNetCore.Builder;

namespace Realtime.Hosting.Processes;

/// <summary>What every process begins with.</summary>
public static class RealtimeProcessExtensions
{
    /// <summary>
    /// Adds what every process needs: configuration (<c>AddRealtimeConfiguration</c>) and its check at start, logging,
    /// the clock (<see cref="TimeProvider"/>), health, and the time allowed for shutting down.
    /// </summary>
    public static WebApplicationBuilder AddRealtimeProcess(this WebApplicationBuilder builder, string[] args) =>
        throw new NotImplementedException();
}
