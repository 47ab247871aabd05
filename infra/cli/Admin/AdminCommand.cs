using System.CommandLine;
using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary><c>realtime admin</c>: what operators see of an edge and its workers, and order.</summary>
internal sealed class AdminCommand
{
    public const string Examples = """

        The edge's address for operators is its admin_listen, the token its admin_token. Any edge will do for what
        concerns workers. Ctrl+C while drain --wait shows how far it is stops the watching, not the drain.

        Examples:
          realtime admin workers
          realtime admin drain worker-1 --deadline 2m --pace 100 --wait
          realtime admin undrain worker-1
          realtime admin drain --edge --wait
          realtime admin connections --tenant acme --kind viewer --limit 20
          realtime admin disconnect --tenant acme --subject ann --no-reconnect
          realtime admin revoke --tenant acme --subject ann --reason "laptop lost"
          realtime admin unrevoke --tenant acme --subject ann
          realtime admin configuration --json
        """;

    private readonly AdminFlags _flags = new();

    public AdminCommand()
    {
        Command = new Command("admin", "See and steer an edge and its workers, as an operator.");
        _flags.AddTo(Command);
        AddReads();
        AddConnections();
        AddRevocations();
        AddDrains();
    }

    public Command Command { get; }

    private List<(Command Command, Func<CommandContext, Task<int>> Run)> Commands { get; } = [];

    /// <summary>The commands, each with what runs it.</summary>
    public IEnumerable<(Command Command, Func<CommandContext, Task<int>> Run)> All => Commands;

    private void AddReads()
    {
        var id = new Argument<string>("ID") { Description = "The worker's id." };
        Add(new Command("workers", "All workers: state, connections, load."), "/admin/workers", (a, d) => a.Workers(d));
        Add(
            new Command("worker", "One worker.") { id }, parsed => WorkerPath(parsed, id), (a, d) => a.Worker(d));
        Add(new Command("edge", "The edge that is asked."), "/admin/edge", (a, d) => a.Edge(d));
        var tenant = new Option<string?>("--tenant") { Description = "Of one tenant.", HelpName = "TENANT" };
        Add(
            new Command("partitions", "Partitions of the log: depth, lag, skew.") { tenant },
            parsed => "/admin/partitions" + AdminQueryText.Of(("tenant", parsed.GetValue(tenant))),
            (a, d) => a.Partitions(d));
        Add(new Command("limits", "Limits, and what is used."), "/admin/limits", (a, d) => a.Limits(d));
        Add(
            new Command("configuration", "What edge and workers run with, and where it comes from; no secrets."),
            "/admin/configuration", (a, d) => a.Configuration(d));
    }

    private void AddConnections()
    {
        Option<string?> Text(string name, string helpName, string description) =>
            new(name) { Description = description, HelpName = helpName };

        Option<string?> tenant = Text("--tenant", "TENANT", "Those of a tenant.");
        Option<string?> subject = Text("--subject", "SUBJECT", "Those of a subject.");
        Option<string?> edge = Text("--edge", "ID", "Those that came by an edge.");
        Option<string?> kind = Text("--kind", "KIND", "viewer, producer or stream.");
        Option<string?> limit = Text("--limit", "N", "At most so many, 1 to 1000. Default: 100.");
        Option<string?> after = Text("--after", "SESSION", "Those behind a session of the list.");
        Add(
            new Command("connections", "Open connections.") { tenant, subject, edge, kind, limit, after },
            parsed => "/admin/connections" + AdminQueryText.Of(
                ("tenant", parsed.GetValue(tenant)), ("subject", parsed.GetValue(subject)),
                ("edge", parsed.GetValue(edge)), ("kind", parsed.GetValue(kind)), ("limit", parsed.GetValue(limit)),
                ("after", parsed.GetValue(after))),
            (a, d) => a.Connections(d));

        Option<string?> session = Text("--session", "SESSION", "One session.");
        Option<string?> ofTenant = Text("--tenant", "TENANT", "All of a tenant.");
        Option<string?> ofSubject = Text("--subject", "SUBJECT", "All of a subject.");
        var noReconnect = new Option<bool>("--no-reconnect")
        {
            Description = "They are not to come back (close code 4403). Else they connect again at once.",
        };
        Add(
            new Command("disconnect", "Close connections of a session, tenant or subject.")
            {
                session, ofTenant, ofSubject, noReconnect,
            },
            parsed => "/admin/connections/disconnect" + AdminQueryText.Of(
                ("session", parsed.GetValue(session)), ("tenant", parsed.GetValue(ofTenant)),
                ("subject", parsed.GetValue(ofSubject)),
                ("reconnect", parsed.GetValue(noReconnect) ? "false" : "true")),
            (a, d) => a.Disconnected(d), HttpMethod.Post);
    }

    private void AddRevocations()
    {
        (Option<string?> Tenant, Option<string?> Subject, Option<string?> Token) Whom() => (
            new("--tenant") { Description = "The tenant.", HelpName = "TENANT", Required = true },
            new("--subject") { Description = "One subject of it.", HelpName = "SUBJECT" },
            new("--token-id") { Description = "One token of it, by its jti.", HelpName = "ID" });

        var revoked = Whom();
        var reason = new Option<string?>("--reason") { Description = "Why, for those who list.", HelpName = "TEXT" };
        Add(
            new Command("revoke", "Refuse tokens issued up to now, and end their connections.")
            {
                revoked.Tenant, revoked.Subject, revoked.Token, reason,
            },
            parsed => "/admin/revocations" + AdminQueryText.Of(
                ("tenant", parsed.GetValue(revoked.Tenant)), ("subject", parsed.GetValue(revoked.Subject)),
                ("token_id", parsed.GetValue(revoked.Token)), ("reason", parsed.GetValue(reason))),
            (a, d) => a.Revoked(d), HttpMethod.Post);

        var undone = Whom();
        Add(
            new Command("unrevoke", "Accept tokens again that were revoked.")
            {
                undone.Tenant, undone.Subject, undone.Token,
            },
            parsed => "/admin/revocations" + AdminQueryText.Of(
                ("tenant", parsed.GetValue(undone.Tenant)), ("subject", parsed.GetValue(undone.Subject)),
                ("token_id", parsed.GetValue(undone.Token))),
            (a, d) => a.Unrevoked(d), HttpMethod.Delete);

        var tenant = new Option<string?>("--tenant") { Description = "Of one tenant.", HelpName = "TENANT" };
        var limit = new Option<string?>("--limit")
        {
            Description = "At most so many, 1 to 1000. Default: 100.",
            HelpName = "N",
        };
        var after = new Option<string?>("--after") { Description = "Those behind an id of the list.", HelpName = "ID" };
        Add(
            new Command("revocations", "What is revoked.") { tenant, limit, after },
            parsed => "/admin/revocations" + AdminQueryText.Of(
                ("tenant", parsed.GetValue(tenant)), ("limit", parsed.GetValue(limit)),
                ("after", parsed.GetValue(after))),
            (a, d) => a.Revocations(d));
    }

    private void AddDrains()
    {
        Argument<string?> Worker() => new("ID")
        {
            Description = "The worker's id.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var edge = new Option<bool>("--edge") { Description = "The edge that is asked, instead of a worker." };
        var deadline = new Option<string?>("--deadline")
        {
            Description = "What is left then is cut, 1s to 1h. Default: as configured, 30s.",
            HelpName = "DURATION",
        };
        var pace = new Option<string?>("--pace")
        {
            Description = "Connections in a second, 1 to 100000. Default: as configured, 200.",
            HelpName = "N",
        };
        var wait = new Option<bool>("--wait") { Description = "Show how far it is until it is drained." };
        Argument<string?> drained = Worker();
        Commands.Add((
            new Command("drain", "Take a worker or the edge out of service; nothing is lost.")
            {
                drained, edge, deadline, pace, wait,
            },
            context => DrainAsync(
                context, PathOf(context.Parsed, drained, edge),
                AdminQueryText.Of(
                    ("deadline", context.Parsed.GetValue(deadline)), ("pace", context.Parsed.GetValue(pace))),
                context.Parsed.GetValue(wait))));
        Argument<string?> undrained = Worker();
        var undrainedEdge = new Option<bool>("--edge") { Description = "The edge that is asked, instead of a worker." };
        Commands.Add((
            new Command("undrain", "Take it back into service.") { undrained, undrainedEdge },
            async context =>
            {
                string path = PathOf(context.Parsed, undrained, undrainedEdge);
                using var client = new AdminClient(_flags.Read(context.Parsed));
                JsonElement answer = await client.AskAsync(HttpMethod.Post, $"{path}/undrain", CancellationToken.None);
                Tell(context, answer, path);
                return ExitCodes.Ok;
            }
        ));
    }

    private async Task<int> DrainAsync(CommandContext context, string path, string query, bool isWatched)
    {
        using var client = new AdminClient(_flags.Read(context.Parsed));
        JsonElement answer = await client.AskAsync(HttpMethod.Post, $"{path}/drain{query}", CancellationToken.None);
        int exitCode = ExitCodes.Ok;
        if (isWatched)
        {
            using var interrupts = new Interrupts();
            (exitCode, answer) = await new DrainWatch(context, client).WatchAsync(path, answer, interrupts);
        }

        Tell(context, answer, path);
        return exitCode;
    }

    private void Tell(CommandContext context, JsonElement answer, string path)
    {
        var answers = new AdminAnswers(context.Output, context.Notices);
        if (_flags.IsJson(context.Parsed))
        {
            context.Output.WriteLine(answer.GetRawText());
        }
        else if (path == "/admin/edge")
        {
            answers.Edge(answer);
        }
        else
        {
            answers.Worker(answer);
        }
    }

    private void Add(Command command, string path, Action<AdminAnswers, JsonElement> show) =>
        Add(command, _ => path, show);

    private void Add(
        Command command, Func<ParseResult, string> target, Action<AdminAnswers, JsonElement> show,
        HttpMethod? method = null) => Commands.Add((command, async context =>
    {
        using var client = new AdminClient(_flags.Read(context.Parsed));
        JsonElement answer = await client.AskAsync(
            method ?? HttpMethod.Get, target(context.Parsed), CancellationToken.None);
        if (_flags.IsJson(context.Parsed))
        {
            context.Output.WriteLine(answer.GetRawText());
        }
        else
        {
            show(new AdminAnswers(context.Output, context.Notices), answer);
        }

        return ExitCodes.Ok;
    }
    ));

    private static string WorkerPath(ParseResult parsed, Argument<string> id) =>
        $"/admin/workers/{Uri.EscapeDataString(parsed.GetValue(id)!)}";

    private static string PathOf(ParseResult parsed, Argument<string?> worker, Option<bool> edge) =>
        (parsed.GetValue(worker), parsed.GetValue(edge)) switch
        {
            ({ Length: > 0 } id, false) => $"/admin/workers/{Uri.EscapeDataString(id)}",
            (null, true) => "/admin/edge",
            _ => throw new CliException("Give a worker's ID, or --edge for the edge that is asked.", ExitCodes.Usage),
        };
}
