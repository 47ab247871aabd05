using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Two viewers of the same, one in JSON and one in MessagePack, through the edge. What they are told must be the same,
/// but for what differs between any two connections, and for the bytes of terminals.
/// </summary>
internal sealed class TwinViewers : IDisposable
{
    private static readonly string[] OfEachConnection = ["session", "time", "sent"];

    private TwinViewers(Conversation text, Conversation binary) => (Text, Binary) = (text, binary);

    public Conversation Text { get; }

    public Conversation Binary { get; }

    public static async Task<TwinViewers> OpenAsync(WatchFixture tenant, string pathAndQuery)
    {
        Conversation text = await tenant.OpenAsync(pathAndQuery, TestConnection.Json);
        try
        {
            return new TwinViewers(text, await tenant.OpenAsync(pathAndQuery, TestConnection.MessagePack));
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Both say the same, each in its form.</summary>
    public async Task SayAsync(string json)
    {
        await Text.SayAsync(json);
        await Binary.SayAsync(json);
    }

    /// <summary>The next message of both, which must be of this kind.</summary>
    public async Task<JsonElement> NextAsync(string op)
    {
        JsonElement text = await Text.NextAsync();
        Assert.Equal(Normal(text), Normal(await Binary.NextAsync()));
        Assert.True(op == Conversation.Op(text), $"{op} was expected: {text}");
        return text;
    }

    /// <summary>
    /// Both are told the same up to an event; returns what. Only how much stands behind one <c>replay</c> is a matter
    /// of bytes, so that it may differ.
    /// </summary>
    public async Task<IReadOnlyList<JsonElement>> UntilAsync(string eventId)
    {
        IReadOnlyList<JsonElement> text = await UntilAsync(Text, eventId);
        IReadOnlyList<JsonElement> binary = await UntilAsync(Binary, eventId);
        Assert.Equal(text.Select(Normal), binary.Select(Normal));
        return text;
    }

    /// <summary>Both are closed, with the same number and reason.</summary>
    public async Task<(int Code, string? Reason)> ClosedAsync()
    {
        (int Code, string? Reason) text = await Text.ClosedAsync();
        Assert.Equal(text, await Binary.ClosedAsync());
        return text;
    }

    public void Dispose()
    {
        Text.Dispose();
        Binary.Dispose();
    }

    private static async Task<IReadOnlyList<JsonElement>> UntilAsync(Conversation viewer, string eventId)
    {
        var heard = new List<JsonElement>();
        do
        {
            heard.Add(await viewer.NextAsync());
            bool goesOn = heard.Count > 2 && Conversation.Op(heard[^2]) == "event";
            if (goesOn && Conversation.Op(heard[^1]) == "replay")
            {
                heard.RemoveAt(heard.Count - 1);
            }
        }
        while (!heard[^1].TryGetProperty("id", out JsonElement id) || id.GetString() != eventId);
        return heard;
    }

    private static string Normal(JsonElement message)
    {
        JsonNode node = JsonNode.Parse(message.GetRawText())!;
        foreach (string name in OfEachConnection)
        {
            if (node[name] is not null)
            {
                node[name] = "any";
            }
        }

        return node.ToJsonString();
    }
}
