namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>An endpoint of a worker as a test knocks at it.</summary>
/// <param name="Endpoint">Methods and pattern, as the worker has it.</param>
/// <param name="Need">What it asks for.</param>
/// <param name="Target">Path and query to ask.</param>
/// <param name="Good">What becomes of it with a token that may.</param>
/// <param name="Body">The body, or what is said on the socket.</param>
internal sealed record Door(string Endpoint, Need Need, string Target, string Good, string? Body = null)
{
    private const string Event = """{"channel":"agents","type":"x","agent":"a1","payload":1}""";
    private const string Lease = """{"agent":"a1","holder":"r","epoch":1,"ttl_ms":30000}""";

    /// <summary>All endpoints of a worker. A new one without a row here fails a test.</summary>
    public static IReadOnlyList<Door> All { get; } =
    [
        new("GET /healthz", Need.Nothing, "/healthz", "200"),
        new("GET /readyz", Need.Nothing, "/readyz", "200"),
        new("GET /metrics", Need.Nothing, "/metrics", "200"),
        new("GET /v1/events", Need.Read, "/v1/events?agents=a1", "200"),
        new("GET /v1/agents", Need.Read, "/v1/agents?agents=a1", "200"),
        new("GET /sse/agents", Need.Read, "/sse/agents?agents=a1&snapshot=true", "200"),
        new("GET,CONNECT /ws/agents", Need.Read, "/ws/agents?agents=a1&snapshot=true", "101 subscribed"),
        new("GET /v1/tasks/{task}/terminal", Need.ReadTerminal, "/v1/tasks/t1/terminal", "200"),
        new("GET,CONNECT /ws/terminal/{task}", Need.ReadTerminal, "/ws/terminal/t1", "101 subscribed"),
        new("POST /v1/events", Need.Publish, "/v1/events", "202", Event),
        new("POST /v1/tasks/{task}/terminal", Need.Publish, "/v1/tasks/t2/terminal", "202", "x"),
        new("POST /v1/tasks/{task}/terminal/resize", Need.Publish, "/v1/tasks/t3/terminal/resize", "200",
            """{"cols":80,"rows":24}"""),
        new("POST /v1/tasks/{task}/terminal/end", Need.Publish, "/v1/tasks/t4/terminal/end", "200",
            """{"exit_code":0}"""),
        new("POST /v1/leases", Need.Publish, "/v1/leases", "200", Lease),
        new("POST /v1/leases/release", Need.Publish, "/v1/leases/release", "200", Lease.Replace(
            ",\"ttl_ms\":30000", "", StringComparison.Ordinal)),
        new("POST /v1/tickets", Need.Some, "/v1/tickets", "201"),
        new("GET,CONNECT /v1/publish", Need.Publish, "/v1/publish", "101 published",
            $$"""{"op":"publish","seq":1,"events":{{Event}}}"""),
        .. new[]
        {
            "GET /internal/status", "POST /internal/drain", "POST /internal/undrain",
            "POST /internal/edges/{edge}/drain", "POST /internal/edges/{edge}/undrain", "GET /internal/connections",
            "POST /internal/connections/disconnect", "GET /internal/partitions", "GET /internal/limits",
            "GET /internal/configuration", "POST /internal/revocations", "GET /internal/revocations",
            "DELETE /internal/revocations", "POST /internal/tickets/redeem",
        }.Select(endpoint => new Door(
            endpoint, Need.Edge, endpoint[(endpoint.IndexOf(' ', StringComparison.Ordinal) + 1)..]
                .Replace("{edge}", "edge-1", StringComparison.Ordinal), "200")),
    ];

    /// <summary>Those for clients.</summary>
    public static IEnumerable<Door> Public => All.Where(door => door.Need is not (Need.Nothing or Need.Edge));

    public bool IsSocket => Endpoint.Contains("CONNECT", StringComparison.Ordinal);

    public HttpMethod Method => HttpMethod.Parse(Endpoint.AsSpan(0, Endpoint.IndexOfAny([',', ' '])));

    public bool TakesJson => Body?.StartsWith('{') == true;
}
