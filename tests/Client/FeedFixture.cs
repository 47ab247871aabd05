using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Client.Connections;
using Realtime.Client.Subscriptions;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>Subscriptions without a socket: what the server says goes in, what is to be sent comes out.</summary>
internal sealed class FeedFixture
{
    private const string AppendedMs = "1795230320701";

    private readonly MessageRouter _router;
    private int _ids;

    public FeedFixture()
    {
        Context = new FeedContext(Options, new FeedRegistry(), new ServerClock(Clock), static () => { });
        _router = new MessageRouter(Context.Registry, message => Own.Add(message.Op));
    }

    public ManualClock Clock { get; } = new();

    public FeedContext Context { get; }

    /// <summary>What was about the connection itself.</summary>
    public List<string> Own { get; } = [];

    private RealtimeClientOptions Options => new()
    {
        Url = new Uri("https://edge"),
        Token = FixedToken.Of("t"),
        TimeProvider = Clock,
        BufferItems = 8,
    };

    /// <summary>An event's id, as it stands on the wire.</summary>
    public static string At(int offset, string epoch = "k3x9qa", int partition = 3) =>
        $"{partition}:{AppendedMs}-{offset}.{epoch}";

    public static EventPosition Position(int offset, string epoch = "k3x9qa", int partition = 3) =>
        SampleEvents.Position(At(offset, epoch, partition));

    /// <summary>An event whose payload is its number.</summary>
    public static string Event(int number, bool isValue = false, string agent = "a1", string epoch = "k3x9qa") =>
        $$"""
        {"op":"event","id":"{{At(number, epoch)}}","channel":"agents","type":"t","agent":"{{agent}}","ts":1,"sent":2,
        {{(isValue ? "\"snapshot\":true," : "")}}"payload":{{number}}}
        """;

    public static string Subscribed(string id, int offset, bool? recovered = null, string epoch = "k3x9qa") =>
        $$"""
        {"op":"subscribed","id":"{{id}}","cursor":["{{At(offset, epoch)}}"]
        {{(recovered is { } told ? $",\"recovered\":{(told ? "true" : "false")}" : "")}}}
        """;

    public static string Replay(string id, params string[] events) =>
        $$"""[{"op":"replay","id":"{{id}}"},{{string.Join(',', events)}}]""";

    public EventFeed Subscribe(EventSubscriptionOptions? wanted = null)
    {
        var feed = new EventFeed($"s{++_ids}", wanted ?? new EventSubscriptionOptions(), Context);
        Context.Registry.Add(feed);
        return feed;
    }

    public void Say(string json) => _router.Take(Encoding.UTF8.GetBytes(json), WireFormat.Json);

    /// <summary>In MessagePack.</summary>
    public void Say(ReadOnlySpan<byte> messagePack) => _router.Take(messagePack, WireFormat.MessagePack);

    /// <summary>All that is to be sent now.</summary>
    public List<JsonObject> Sent()
    {
        var sent = new List<JsonObject>();
        var output = new ArrayBufferWriter<byte>();
        foreach (IFeed feed in Context.Registry.All)
        {
            while (feed.TryWriteNext(output))
            {
                sent.Add(JsonNode.Parse(output.WrittenSpan)!.AsObject());
                output.ResetWrittenCount();
            }
        }

        return sent;
    }

    /// <summary>The same as texts.</summary>
    public IEnumerable<string> SentTexts() => Sent().Select(static message => message.ToJsonString());

    /// <summary>The connection breaks.</summary>
    public void Break()
    {
        foreach (IFeed feed in Context.Registry.All)
        {
            feed.OnDisconnected();
        }
    }

    /// <summary>Takes what waits, and asks for one more. Events are their numbers, the rest its kind.</summary>
    public static List<string> TakeAll(IAsyncEnumerator<SubscriptionItem> reader, int count)
    {
        var taken = new List<string>();
        for (int i = 0; i < count; i++)
        {
            ValueTask<bool> next = reader.MoveNextAsync();
            Assert.True(
                next.IsCompletedSuccessfully && next.Result, $"no item {i}; before it: {string.Join(' ', taken)}");
            taken.Add(reader.Current switch
            {
                EventItem { Origin: EventOrigin.Snapshot } value => $"value {value.Event.Payload}",
                EventItem { Event.Payload: var payload } => payload.ToString(),
                SnapshotItem => "snapshot",
                GapItem { Gap: var gap } => $"gap {gap.Missing}",
                ConflatedItem { Count: var conflated } => $"conflated {conflated}",
                var other => other.ToString()!,
            });
        }

        return taken;
    }

    public static IAsyncEnumerator<SubscriptionItem> Read(EventFeed feed) =>
        feed.Buffer.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
}
