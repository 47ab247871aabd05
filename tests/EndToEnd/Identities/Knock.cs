using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>Knocks at a door, and says in short what became of it: <c>200</c>, <c>403 forbidden</c>,
/// <c>101 subscribed</c>.</summary>
internal static class Knock
{
    /// <summary>At an edge, with a token or none.</summary>
    public static async Task<(string Outcome, string Body)> AtEdgeAsync(
        RealtimeSystem system, Door door, string? token, int edge = 0)
    {
        if (door.IsSocket && token is not null)
        {
            try
            {
                using Conversation socket = await Conversation.OpenAsync(system, edge, door.Target, token);
                return await ConverseAsync(socket, door);
            }
            catch (WebSocketException)
            {
                // Refused before it was one: asked again by plain HTTP, which says why.
            }
        }

        using HttpClient client = system.CreateClient(token, edge);
        return await AskAsync(client, door);
    }

    /// <summary>By plain HTTP, wherever the client leads; for a socket its handshake.</summary>
    public static async Task<(string Outcome, string Body)> AskAsync(HttpClient client, Door door)
    {
        using var request = new HttpRequestMessage(door.Method, door.Target);
        if (door.IsSocket)
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
        }
        else if (door.Body is not null)
        {
            request.Content = new StringContent(door.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(
                door.TakesJson ? "application/json" : "application/octet-stream");
        }

        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        int status = (int)answer.StatusCode;
        if (status is 101 || answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            return ($"{status}", string.Empty);
        }

        string body = await answer.Content.ReadAsStringAsync();
        return (status < 300 ? $"{status}" : $"{status} {CodeOf(body)}", body);
    }

    private static async Task<(string Outcome, string Body)> ConverseAsync(Conversation socket, Door door)
    {
        await socket.NextAsync("welcome");
        if (door.Body is not null)
        {
            await socket.SayAsync(door.Body);
        }

        JsonElement answer = await socket.NextAsync();
        string op = Conversation.Op(answer);
        return op == "error"
            ? ($"101 {answer.GetProperty("code").GetString()}", answer.GetRawText())
            : ($"101 {op}", answer.GetRawText() + string.Concat(await socket.UntilPongAsync()));
    }

    private static string CodeOf(string body)
    {
        using JsonDocument problem = JsonDocument.Parse(body);
        return problem.RootElement.GetProperty("code").GetString()!;
    }
}
