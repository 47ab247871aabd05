using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;

namespace Realtime.Tests.Conformance;

/// <summary>The C# SDK's types in the words of this folder's README, and back.</summary>
internal static class DotnetJson
{
    public static RealtimeClientOptions OptionsOf(JsonObject command)
    {
        JsonObject options = command["options"]?.AsObject() ?? [];
        var defaults = new RealtimeClientOptions
        {
            Url = new Uri(command["url"]!.GetValue<string>()),
            Token = FixedToken.Of("none"),
        };
        return defaults with
        {
            Format = options["format"]?.GetValue<string>() == "json" ? WireFormat.Json : defaults.Format,
            Reconnect = new ReconnectOptions
            {
                Delay = Time(options, "reconnect_delay", defaults.Reconnect.Delay),
                DelayMax = Time(options, "reconnect_delay_max", defaults.Reconnect.DelayMax),
                AttemptsMax = options["attempts_max"]?.GetValue<int>(),
            },
            Publish = new PublishOptions
            {
                AttemptsMax = options["publish_attempts_max"]?.GetValue<int>() ?? defaults.Publish.AttemptsMax,
                Timeout = Time(options, "publish_timeout", defaults.Publish.Timeout),
            },
            ConnectTimeout = Time(options, "connect_timeout", defaults.ConnectTimeout),
            Producer = options["producer"] is { } producer
                ? new ProducerOptions
                {
                    Id = producer["id"]!.GetValue<string>(),
                    Epoch = producer["epoch"]?.GetValue<long>(),
                }
                : null,
            Heartbeat = options["heartbeat"] is { } heartbeat
                ? TimeSpan.FromMilliseconds(heartbeat.GetValue<double>())
                : null,
            BufferItems = options["buffer_items"]?.GetValue<int>() ?? defaults.BufferItems,
            BufferBytes = options["buffer_bytes"]?.GetValue<int>() ?? defaults.BufferBytes,
        };
    }

    public static EventSubscriptionOptions SubscriptionOf(JsonObject command)
    {
        JsonObject filter = command["filter"]?.AsObject() ?? [];
        return new EventSubscriptionOptions
        {
            Channels = ChannelsOf(filter),
            Agents = Names(filter, "agents"),
            Tasks = Names(filter, "tasks"),
            Projects = Names(filter, "projects"),
            Types = Names(filter, "types"),
            After = Positions(command, "after"),
            Snapshot = command["snapshot"]?.GetValue<bool>() ?? false,
            Conflate = command["conflate"]?.GetValue<bool>() ?? false,
        };
    }

    public static HistoryQuery HistoryOf(JsonObject command) => new()
    {
        Channels = ChannelsOf(command),
        Agents = Names(command, "agents"),
        Tasks = Names(command, "tasks"),
        After = Positions(command, "after"),
        Limit = command["limit"]?.GetValue<int>(),
    };

    public static LatestQuery LatestOf(JsonObject command) => new()
    {
        Channels = ChannelsOf(command),
        Agents = Names(command, "agents"),
        Tasks = Names(command, "tasks"),
        Before = Positions(command, "before"),
        Last = command["last"]?.GetValue<int>() ?? 100,
    };

    // A channel that is none becomes a number that is none: what is wrong with it, the server is to say.
    public static EventDraft DraftOf(JsonObject draft) => new()
    {
        Channel = ChannelNames.TryParse(draft["channel"]?.GetValue<string>(), out Channel channel)
            ? channel
            : (Channel)99,
        Type = draft["type"]!.GetValue<string>(),
        Agent = draft["agent"]?.GetValue<string>(),
        Task = draft["task"]?.GetValue<string>(),
        Project = draft["project"]?.GetValue<string>(),
        Group = draft["group"]?.GetValue<string>(),
        StateKey = draft["state_key"]?.GetValue<string>(),
        Key = draft["key"]?.GetValue<string>(),
        Timestamp = draft["ts"] is { } ts ? DateTimeOffset.FromUnixTimeMilliseconds(ts.GetValue<long>()) : null,
        Payload = JsonSerializer.SerializeToElement(draft["payload"]),
    };

    public static JsonObject Of(AgentEvent seen)
    {
        var json = new JsonObject
        {
            ["id"] = seen.Id.ToString(),
            ["channel"] = ChannelNames.NameOf(seen.Channel),
            ["type"] = seen.Type,
            ["ts"] = seen.TimestampMs,
            ["sent"] = seen.SentMs,
            ["payload"] = JsonNode.Parse(seen.Payload.GetRawText()),
        };
        foreach ((string name, string? value) in (ReadOnlySpan<(string, string?)>)
            [("agent", seen.Agent), ("task", seen.Task), ("project", seen.Project), ("state_key", seen.StateKey)])
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        return json;
    }

    public static JsonObject Of(EventGap gap) => new()
    {
        ["partition"] = gap.Partition,
        ["after"] = gap.After?.ToString(),
        ["resumes_at"] = gap.ResumesAt?.ToString(),
        ["missing"] = gap.Missing,
        ["reason"] = GapReasons.NameOf(gap.Reason),
    };

    public static JsonObject Of(TerminalGapItem gap) => new()
    {
        ["after"] = gap.After.ToString(),
        ["resumes_at"] = gap.ResumesAt.ToString(),
        ["missing"] = gap.Missing,
        ["reason"] = GapReasons.NameOf(gap.Reason),
    };

    public static JsonArray Of(IEnumerable<EventPosition> cursor) =>
        new([.. cursor.Select(position => (JsonNode?)position.ToString())]);

    public static JsonArray Of(IEnumerable<PublishResult> results) =>
        new([.. results.Select(result => new JsonObject
        {
            ["id"] = result.Id?.ToString(),
            ["duplicate"] = result.IsDuplicate,
        })]);

    public static JsonObject Of(HistoryPage page) => new()
    {
        ["events"] = Of(page.Events),
        ["next"] = Of(page.Next),
        ["gaps"] = new JsonArray([.. page.Gaps.Select(Of)]),
        ["more"] = page.More,
    };

    public static JsonObject Of(LatestPage page) => new()
    {
        ["events"] = Of(page.Events),
        ["cursor"] = Of(page.Cursor),
        ["before"] = Of(page.Before),
        ["more"] = page.More,
    };

    public static JsonObject Of(ValuesPage page) => new()
    {
        ["agents"] = new JsonArray([.. page.Agents.Select(one => new JsonObject
        {
            ["agent"] = one.Agent,
            ["values"] = new JsonObject(one.Values.Select(value =>
                new KeyValuePair<string, JsonNode?>(value.Key, Of(value.Value)))),
        })]),
        ["cursor"] = Of(page.Cursor),
        ["more"] = page.More,
    };

    public static JsonObject Of(TerminalContent content) => new()
    {
        ["data"] = Convert.ToBase64String(content.Data.Span),
        ["epoch"] = content.Epoch.ToString(),
        ["offset"] = content.Offset,
        ["end"] = content.End,
        ["exit_code"] = content.ExitCode,
    };

    public static JsonObject Of(ConnectionState state) => new()
    {
        ["status"] = Word(state.Status),
        ["attempt"] = state.Attempt,
        ["delay_ms"] = state.Delay.TotalMilliseconds,
        ["close_code"] = state.CloseCode,
        ["code"] = state.Error?.Code ?? (state.Status == ConnectionStatus.Closed ? ClientErrorCodes.Closed : null),
        ["detail"] = state.Error?.Detail,
        ["reason"] = state.Reason,
    };

    public static JsonObject Of(SubscriptionStatus status) => new() { ["status"] = Word(status) };

    public static string Of(EventOrigin origin) => Word(origin);

    public static string? Of(TerminalStream? stream) => stream is { } known ? Word(known) : null;

    private static JsonArray Of(IEnumerable<AgentEvent> events) => new([.. events.Select(Of)]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static TimeSpan Time(JsonObject options, string name, TimeSpan otherwise) =>
        options[name] is { } value ? TimeSpan.FromMilliseconds(value.GetValue<double>()) : otherwise;

    private static string[]? Names(JsonObject from, string name) =>
        from[name]?.AsArray().Select(one => one!.GetValue<string>()).ToArray();

    private static Channel[]? ChannelsOf(JsonObject from) => Names(from, "channels")?
        .Select(name => ChannelNames.TryParse(name, out Channel channel) ? channel : (Channel)99).ToArray();

    private static EventPosition[]? Positions(JsonObject from, string name) => Names(from, name)?
        .Select(text => EventPosition.TryParse(text, out EventPosition position)
            ? position
            : throw new ArgumentException($"No position: {text}", nameof(from)))
        .ToArray();
}
