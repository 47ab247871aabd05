using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin;

/// <summary>The worker that a request names, and what to say if it can't be asked.</summary>
internal static class AdminTarget
{
    /// <summary>The worker of the path; null if there is none, which the answer then says.</summary>
    public static async Task<Worker?> WorkerAsync(HttpContext context, WorkerTable workers)
    {
        if (workers.TryFind((string)context.GetRouteValue(AdminExtensions.Id)!, out Worker? worker))
        {
            return worker;
        }

        await Problem.WriteAsync(
            context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
            $"This edge knows no worker of that id. It knows: {string.Join(", ", workers.All.Select(one => one.Id))}.");
        return null;
    }

    /// <summary>
    /// Says that a worker did not do what was asked. What it refuses for a reason of its own is passed on; anything
    /// else is a trouble between edge and worker.
    /// </summary>
    public static Task RefuseAsync(HttpContext context, WorkerWord word)
    {
        bool isItsOwn = word.Status is StatusCodes.Status400BadRequest or StatusCodes.Status409Conflict
            or StatusCodes.Status503ServiceUnavailable;
        int status = isItsOwn || word.Status == StatusCodes.Status504GatewayTimeout
            ? word.Status
            : StatusCodes.Status502BadGateway;
        string code = isItsOwn && word.Body.TryGetProperty("code", out var told) && told.GetString() is { } its
            ? its
            : ErrorCodes.BadGateway;
        return Problem.WriteAsync(
            context, status, code, $"Worker {word.Worker.Id} at {word.Worker.Address}: {word.Error}");
    }
}
