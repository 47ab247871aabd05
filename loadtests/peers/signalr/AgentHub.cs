using Microsoft.AspNetCore.SignalR;

namespace Realtime.SignalRPeer;

/// <summary>Groups by agent.</summary>
internal sealed class AgentHub : Hub
{
    /// <summary>Joins the groups of some agents.</summary>
    public async Task Watch(string[] agents)
    {
        foreach (string agent in agents)
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, agent);
        }
    }
}
