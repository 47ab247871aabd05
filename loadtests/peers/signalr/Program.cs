using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Realtime.SignalRPeer;

// ASP.NET Core SignalR as a peer of the load tests: its own defaults, one process. Its argument is the port.
//
//   POST /v1/events          an array of events; each is sent to the group of its agent
//   invoke Watch([agents])   joins their groups
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
builder.Logging.ClearProviders();
builder.Services.AddSignalR();
WebApplication app = builder.Build();
app.UseWebSockets();
app.MapHub<AgentHub>("/hub");
app.MapPost("/v1/events", async (HttpRequest request, IHubContext<AgentHub> hub) =>
{
    using JsonDocument events = await JsonDocument.ParseAsync(request.Body);
    foreach (JsonElement one in events.RootElement.EnumerateArray())
    {
        await hub.Clients.Group(one.GetProperty("agent").GetString()!).SendAsync("event", one);
    }

    return Results.Json(new { results = Array.Empty<string>() }, statusCode: StatusCodes.Status202Accepted);
});
await app.RunAsync();
