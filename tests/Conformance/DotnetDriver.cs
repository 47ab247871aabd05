using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Tests.Conformance;

/// <summary>Drives the C# SDK by the commands of this folder's README.</summary>
internal sealed class DotnetDriver(X509Certificate2 trusted) : ISdkDriver
{
    private const int ReportsMax = 1_000_000;

    private readonly Channel<JsonObject> _reports = Channel.CreateBounded<JsonObject>(ReportsMax);
    private readonly Dictionary<string, RealtimeClient> _clients = [];
    private readonly Dictionary<string, IDotnetSubscription> _subscriptions = [];
    private readonly Dictionary<(RealtimeClient Client, string Task), long> _offsets = [];
    private readonly Dictionary<string, ProducerLease> _leases = [];

    public ChannelReader<JsonObject> Reports => _reports.Reader;

    public async Task<JsonObject> DoAsync(JsonObject command)
    {
        try
        {
            return AsRead(await CarryOutAsync(AsRead(command)));
        }
        catch (RealtimeException refused)
        {
            throw new SdkErrorException(refused.Code, refused.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RealtimeClient client in _clients.Values)
        {
            await client.DisposeAsync();
        }

        foreach (IDotnetSubscription subscription in _subscriptions.Values)
        {
            await subscription.EndedAsync();
        }

        _reports.Writer.TryComplete();
    }

    private async Task<JsonObject> CarryOutAsync(JsonObject command)
    {
        switch (Text(command, "do"))
        {
            case "open":
                Open(command);
                break;
            case "connect":
                await ClientOf(command).ConnectAsync();
                break;
            case "heartbeat":
                return new JsonObject { ["ms"] = ClientOf(command).Heartbeat?.TotalMilliseconds };
            case "subscribe":
                EventSubscription events = ClientOf(command).Subscribe(DotnetJson.SubscriptionOf(command));
                Begin(command, new DotnetEventSubscription(events, Reporter(command, "subscription")));
                break;
            case "terminal":
                Begin(command, new DotnetTerminalSubscription(
                    ClientOf(command).SubscribeTerminal(
                        Text(command, "task")!, new TerminalOptions { From = FromOf(command) }),
                    Reporter(command, "subscription")));
                break;
            case "take":
                await SubscriptionOf(command).TakeAsync(command["count"]!.GetValue<int>());
                break;
            case "active":
                await SubscriptionOf(command).WhenActiveAsync();
                break;
            case "pause":
                await SubscriptionOf(command).PauseAsync();
                break;
            case "resume":
                await SubscriptionOf(command).ResumeAsync();
                break;
            case "unsubscribe":
                await SubscriptionOf(command).UnsubscribeAsync();
                break;
            case "cursor":
                return new JsonObject { ["cursor"] = SubscriptionOf(command).Cursor };
            case "buffered":
                return SubscriptionOf(command).Buffered;
            case "lease":
                await LeaseAsync(command);
                break;
            case "release":
                await _leases[Text(command, "lease")!].DisposeAsync();
                break;
            case "close":
                await ClientOf(command).DisposeAsync();
                break;
            default:
                return await AskAsync(command);
        }

        return [];
    }

    // What goes over HTTP.
    private async Task<JsonObject> AskAsync(JsonObject command)
    {
        RealtimeClient client = ClientOf(command);
        switch (Text(command, "do"))
        {
            case "create_ticket":
                Ticket ticket = await client.CreateTicketAsync(new TicketOptions
                {
                    Scope = Text(command, "scope"),
                    Origin = Text(command, "origin"),
                });
                return new JsonObject
                {
                    ["ticket"] = ticket.Text,
                    ["expires_at"] = ticket.ExpiresAt.ToUnixTimeMilliseconds(),
                };
            case "publish":
                IReadOnlyList<PublishResult> results = await client.PublishAsync(
                    [.. command["events"]!.AsArray().Select(one => DotnetJson.DraftOf(one!.AsObject()))]);
                return new JsonObject { ["results"] = DotnetJson.Of(results) };
            case "history":
                return DotnetJson.Of(await client.ReadEventsAsync(DotnetJson.HistoryOf(command)));
            case "latest":
                return DotnetJson.Of(await client.ReadLatestAsync(DotnetJson.LatestOf(command)));
            case "values":
                return DotnetJson.Of(await client.ReadValuesAsync());
            case "read_terminal":
                return DotnetJson.Of(await client.ReadTerminalAsync(Text(command, "task")!, FromOf(command)));
            case "append_terminal":
                return await AppendAsync(client, command);
            case "end_terminal":
                await client.EndTerminalAsync(Text(command, "task")!, command["exit_code"]!.GetValue<int>());
                return [];
            case { } other:
                throw new NotSupportedException(other);
            default:
                throw new ArgumentException("A command without `do`.", nameof(command));
        }
    }

    // This SDK's application counts the bytes.
    private async Task<JsonObject> AppendAsync(RealtimeClient client, JsonObject command)
    {
        string task = Text(command, "task")!;
        long offset = _offsets.GetValueOrDefault((client, task));
        byte[] data = Convert.FromBase64String(Text(command, "data")!);
        TerminalAppended appended = await client.AppendTerminalAsync(task, offset, data, new AppendTerminalOptions
        {
            GoOnAfterLoss = command["go_on_after_loss"]?.GetValue<bool>() ?? false,
        });
        _offsets[(client, task)] = offset + data.Length;
        return new JsonObject { ["end"] = appended.End, ["epoch"] = appended.Epoch.ToString() };
    }

    private async Task LeaseAsync(JsonObject command)
    {
        var options = new LeaseOptions
        {
            Ttl = TimeSpan.FromMilliseconds(command["ttl"]!.GetValue<double>()),
            Agent = command["task"] is null ? null : Text(command, "agent"),
        };
        ProducerLease lease = Text(command, "task") is { } task
            ? await ClientOf(command).LeaseTaskAsync(task, options)
            : await ClientOf(command).LeaseAgentAsync(Text(command, "agent")!, options);
        Action<string, JsonObject> report = Reporter(command, "lease");
        lease.Lost.Register(() => report("lost", new JsonObject { ["code"] = lease.LossReason!.Code }));
        _leases[Text(command, "lease")!] = lease;
    }

    private void Open(JsonObject command)
    {
        Action<string, JsonObject> report = Reporter(command, "client");
        Queue<string?> tokens = TextsOf(command["tokens"]!);
        Queue<string?>? tickets = command["tickets"] is { } given ? TextsOf(given) : null;
        var client = new RealtimeClient(DotnetJson.OptionsOf(command) with
        {
            TrustedCertificate = trusted,
            Token = (attempt, _) =>
            {
                report("token", new JsonObject
                {
                    ["attempt"] = attempt.Number,
                    ["refused"] = attempt.WasRefused,
                    ["expiring"] = attempt.IsExpiring ? true : null,
                });
                return ValueTask.FromResult(
                    NextOf(tokens) ?? throw new InvalidOperationException("There is no token now."));
            },
            Ticket = tickets is null ? null : (attempt, _) =>
            {
                report("ticket", new JsonObject { ["attempt"] = attempt.Number });
                return ValueTask.FromResult(NextOf(tickets)!);
            },
        });
        client.StateChanged += (_, state) => report("state", DotnetJson.Of(state));
        client.NoticeReceived += (_, notice) => report("notice", new JsonObject { ["code"] = notice.Code });
        _clients[Text(command, "client")!] = client;
    }

    private static Queue<string?> TextsOf(JsonNode texts) =>
        new(texts.AsArray().Select(text => text?.GetValue<string>()));

    private static string? NextOf(Queue<string?> texts) => texts.Count > 1 ? texts.Dequeue() : texts.Peek();

    private void Begin(JsonObject command, IDotnetSubscription subscription)
    {
        subscription.Start(Text(command, "consume") ?? "auto");
        _subscriptions[Text(command, "subscription")!] = subscription;
    }

    private Action<string, JsonObject> Reporter(JsonObject command, string kind)
    {
        string name = Text(command, kind)!;
        return (saw, report) =>
        {
            report["saw"] = saw;
            report[kind] = name;
            Assert.True(_reports.Writer.TryWrite(AsRead(report)), "Too many reports.");
        };
    }

    private RealtimeClient ClientOf(JsonObject command) => _clients[Text(command, "client")!];

    private IDotnetSubscription SubscriptionOf(JsonObject command) => _subscriptions[Text(command, "subscription")!];

    // As if it had come over a wire: numbers have no type of their own.
    private static JsonObject AsRead(JsonObject written) => JsonNode.Parse(written.ToJsonString())!.AsObject();

    private static TerminalFrom FromOf(JsonObject command) =>
        TerminalFrom.TryParse(Text(command, "from"), out TerminalFrom from) ? from : TerminalFrom.Start;

    private static string? Text(JsonObject command, string name) => command[name]?.GetValue<string>();
}
