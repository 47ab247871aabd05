using System.Reflection;
using System.Text;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;
using Realtime.Workers.History;
using Realtime.Workers.Ingest;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Tests.Protocol;

/// <summary>What PROTOCOL.md shows is what the code does.</summary>
public sealed class ProtocolDocumentTests
{
    private static readonly string[] Codes =
    [
        .. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    [Fact]
    public void Every_block_of_json_says_what_it_is()
    {
        string[] known = ["client", "server", "publish", "answer", "body", "producer", "receipt"];
        Assert.All(ProtocolDocument.Kinds, kind => Assert.Contains(kind, known));
        Assert.All(known, kind => Assert.NotEmpty(ProtocolDocument.Examples(kind)));
    }

    [Fact]
    public void Client_messages_are_understood_and_none_is_left_out()
    {
        var seen = new HashSet<Type>();
        foreach (string example in ProtocolDocument.Examples("client"))
        {
            var messages = new List<ClientMessage>();
            byte[] utf8 = Encoding.UTF8.GetBytes(example);
            bool read = ClientMessageReader.TryRead(utf8, new ClientMessageLimits(), messages, out string? error);
            Assert.True(read, $"{error}: {example}");
            Assert.NotEmpty(messages);
            Assert.All(messages, m => Assert.False(m is ClientMessage.Invalid, $"{m}: {example}"));
            Messages.ClientMessagePackReaderTests.AssertSame(example, read, messages, error);
            seen.UnionWith(messages.Select(m => m.GetType()));
        }

        IEnumerable<Type> all = typeof(ClientMessage).GetNestedTypes().Where(t => t != typeof(ClientMessage.Invalid));
        Assert.Equal(all.ToHashSet(), seen);
    }

    [Fact]
    public void Messages_of_producers_are_understood_and_none_is_left_out()
    {
        var seen = new HashSet<Type>();
        foreach (string example in ProtocolDocument.Examples("producer"))
        {
            var messages = new List<ProducerMessage>();
            bool read = ProducerMessageReader.TryRead(
                Encoding.UTF8.GetBytes(example), new ProducerMessageLimits(), messages, out string? error);
            Assert.True(read, $"{error}: {example}");
            ProducerMessage message = Assert.Single(messages);
            Assert.False(message is ProducerMessage.Invalid, $"{message}: {example}");
            seen.Add(message.GetType());
        }

        Type[] notShown =
        [
            typeof(ProducerMessage.Invalid), typeof(ProducerMessage.Hello), typeof(ProducerMessage.Request),
        ];
        Assert.Equal(typeof(ProducerMessage).GetNestedTypes().Except(notShown).ToHashSet(), seen);
    }

    [Fact]
    public void Server_messages_are_byte_for_byte_what_is_written() =>
        Assert.Equal(ServerExamples.All, ProtocolDocument.Examples("server"));

    [Fact]
    public void The_messages_in_hexadecimal_are_byte_for_byte_what_is_written_and_read()
    {
        byte[][] server = ProtocolDocument.MessagePack("server");
        Assert.Equal(
            ServerExamples.InMessagePack.Select(Convert.ToHexStringLower), server.Select(Convert.ToHexStringLower));

        byte[] example = Assert.Single(ProtocolDocument.MessagePack("client"));
        var messages = new List<ClientMessage>();
        Assert.True(
            ClientMessageReader.TryReadMessagePack(example, new ClientMessageLimits(), messages, out string? error),
            error);
        var subscribe = Assert.IsType<ClientMessage.Subscribe>(Assert.Single(messages));
        Assert.Equal(("s1", "a*"), (subscribe.Id, Assert.Single(subscribe.Filter.Agents).ToString()));
        Assert.True(subscribe.Snapshot);
    }

    [Fact]
    public void The_answer_in_hexadecimal_says_what_an_answer_in_json_says()
    {
        byte[] answer = Assert.Single(ProtocolDocument.MessagePack("answer"));
        Assert.Contains(MessagePackJson.ToJson(answer), ProtocolDocument.Examples("answer"));
    }

    [Fact]
    public void The_body_in_hexadecimal_is_taken_and_shown_in_json_as_it_says()
    {
        byte[] body = Assert.Single(ProtocolDocument.MessagePack("publish"));
        PublishRequest request = PublishReader.ReadMessagePack(body, new PublishLimits());
        Assert.Empty(request.Errors);
        EventEnvelope envelope = Assert.Single(request.Events).Envelope;
        Assert.Equal((Channel.Agents, "agent.load", "a1"), (envelope.Channel, envelope.Type, envelope.Agent));
        Assert.Equal("""{"load":0.1,"hash":"AQID"}""", MessagePackJson.ToJson(envelope.Payload.Span));
    }

    [Fact]
    public void Every_block_of_messagepack_says_what_it_is() => Assert.Equal(
        ["answer", "client", "publish", "server"], ProtocolDocument.MessagePackKinds.Distinct().Order());

    [Fact]
    public void Every_way_to_write_a_server_message_is_shown()
    {
        // Two halves of WriteTerminal, which a test of theirs compares with it.
        string[] halves = [nameof(ServerMessages.WriteTerminalBody), nameof(ServerMessages.TerminalOpening)];
        string[] writers =
            [.. typeof(ServerMessages).GetMethods().Where(m => m.IsStatic).Select(m => m.Name).Except(halves)];
        string source = RepositoryRoot.Read("tests/Protocol/ServerExamples.cs");
        Assert.All(writers, writer => Assert.Contains($"ServerMessages.{writer}(", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Published_examples_are_taken()
    {
        foreach (string example in ProtocolDocument.Examples("publish"))
        {
            PublishRequest request = PublishReader.Read(Encoding.UTF8.GetBytes(example), new PublishLimits());
            Assert.Empty(request.Errors);
            Assert.NotEmpty(request.Events);
            Events.PublishMessagePackTests.AssertSame(example, new PublishLimits(), request);
        }
    }

    [Fact]
    public void Answers_are_json_with_known_codes_and_whole_events()
    {
        foreach (string example in ProtocolDocument.Examples("answer").Concat(ProtocolDocument.Examples("body")))
        {
            using var document = JsonDocument.Parse(example);
            Check(document.RootElement);
        }
    }

    [Fact]
    public void The_table_of_close_codes_is_that_of_the_code()
    {
        string[][] rows = ProtocolDocument.Table(12);
        Assert.All(rows, row =>
        {
            int code = int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(row[1], Enum.GetName((CloseCode)code) ?? "-");
            Assert.Equal(row[2], CloseCodes.ShouldReconnect(code) ? "yes" : "no");
        });
        string[] expected =
            [.. Enum.GetValues<CloseCode>().Select(c => $"{(int)c}").Append("1005").Append("1006").Order()];
        Assert.Equal(expected, rows.Select(r => r[0]).Order());
    }

    [Fact]
    public void The_table_of_error_codes_is_that_of_the_code() =>
        Assert.Equal(Codes.Order(), ProtocolDocument.Table(13).Select(row => row[0].Trim('`')).Order());

    [Fact]
    public void The_limits_are_those_of_the_code()
    {
        var client = new ClientMessageLimits();
        var publish = new PublishLimits();
        var budgets = new Realtime.Workers.Budgets.BudgetOptions();
        var rates = new ConnectionRateOptions();
        var socket = new Realtime.Protocol.WebSockets.WebSocketReaderOptions();
        (string What, int Limit)[] expected =
        [
            ("bytes of one message from a client", socket.MessageBytesMax),
            ("fragments of one message", socket.FragmentsMax),
            ("messages in one frame", client.MessagesPerFrame), ("nesting of a message", client.Depth),
            ("patterns in one list of a filter", client.PatternsPerFilter),
            ("events in one request to publish", publish.EventsMax),
            ("bytes of the events of one request, or of one append to a terminal",
                new ProducerMessageLimits().BodyBytesMax),
            ("requests without an answer on one producer's socket", new PublishSocketOptions().InFlightMax),
            ("seconds that the body of one request to publish takes to arrive",
                (int)new IngestOptions().BodyTimeout.TotalSeconds),
            ("terminals with requests under way, or to be paused, on one producer's socket",
                new PublishSocketOptions().TerminalsMax),
            ("terminals whose refused request has not come again, on one producer's socket",
                new PublishSocketOptions().RefusedTerminalsMax),
            ("messages of a viewer in a second, but for `ack`", rates.MessagesPerSecond),
            ("bytes of a viewer in a second", rates.BytesPerSecond),
            ("pings of a connection in a second, and pongs that answer nothing", rates.ControlFramesPerSecond),
            ("messages of a producer's socket in a second", rates.ProducerMessagesPerSecond),
            ("bytes of a producer's socket in a second", rates.ProducerBytesPerSecond),
            ("fresh tokens (`auth`) of one connection in a minute", new ConnectionOptions().AuthPerMinuteMax),
            ("connections of one tenant, over all workers", budgets.TenantConnectionsMax),
            ("connections of one subject of a tenant, over all workers", budgets.SubjectConnectionsMax),
            ("events of one tenant in a second, over all workers", budgets.EventsPerSecond),
            ("bytes of one tenant's events and terminals in a second, over all workers", (int)budgets.BytesPerSecond),
            ("tickets of one tenant that were not used yet",
                new Realtime.Workers.Tickets.TicketOptions().OutstandingMax),
            ("leases of one tenant", new Realtime.Log.LogOptions().LeasesPerTenantMax),
            ("downloads of terminals of one worker at a time", new HistoryOptions().DownloadsMax),
            ("downloads of terminals of one tenant and worker at a time", new HistoryOptions().DownloadsPerTenantMax),
            ("other reads over HTTP of one worker at a time", new HistoryOptions().ReadsMax),
            ("other reads over HTTP of one tenant and worker at a time", new HistoryOptions().ReadsPerTenantMax),
            ("bytes of one payload, as MessagePack", publish.PayloadBytesMax),
            ("nesting of a payload", publish.PayloadDepthMax),
            ("values and keys in one request to publish", publish.ValuesMax),
            ("errors told in one answer", PublishLimits.ErrorsMax),
        ];
        Dictionary<string, string> rows = ProtocolDocument.Table(14).ToDictionary(row => row[0], row => row[1]);
        Assert.All(expected, e => Assert.Equal(FormattableString.Invariant($"{e.Limit:N0}"), rows[e.What]));
    }

    private static void Check(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            Assert.All(element.EnumerateArray(), Check);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        string[] keys = [.. element.EnumerateObject().Select(p => p.Name)];
        if (keys.Contains("op"))
        {
            string[] order =
            [
                "op", "id", "channel", "type", "agent", "task", "project", "state_key", "ts", "sent", "snapshot",
                "payload",
            ];
            Assert.Equal(order.Where(keys.Contains), keys);
            Assert.True(EventPosition.TryParse(element.GetProperty("id").GetString(), out _));
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            Assert.True(property.Name != "code" || Codes.Contains(property.Value.GetString()), $"{property}");
            Check(property.Value);
        }
    }
}
