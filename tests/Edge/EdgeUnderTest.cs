using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Edge;
using Realtime.Edge.Tls;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>A real edge on real sockets, over TLS, with all that a test needs to speak to it.</summary>
internal sealed class EdgeUnderTest : IAsyncDisposable
{
    public const string SigningKey = "a-signing-key-for-tests-of-32-bytes-or-more";
    public const string AdminToken = "an-admin-token-for-tests";

    public const string InternalKey = "an-internal-key-for-tests-of-32-bytes-or-more";

    private readonly WebApplication _app;
    private readonly string _directory;
    private readonly List<IDisposable> _owned = [];

    private EdgeUnderTest(WebApplication app, string directory, CapturedLogs logs)
    {
        _app = app;
        _directory = directory;
        Logs = logs;
        EdgeListeners listeners = app.Services.GetRequiredService<EdgeListeners>();
        PublicAddress = listeners.PublicAddress;
        AdminAddress = listeners.AdminAddress;
        Client = NewClient();
    }

    public CapturedLogs Logs { get; }

    public Uri PublicAddress { get; }

    public Uri AdminAddress { get; }

    /// <summary>Speaks to the public listener, without a token.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<EdgeUnderTest> StartAsync(
        IEnumerable<(string Id, string Address)> workers, params (string Key, string Value)[] configuration) =>
        StartAsync(workers, _ => { }, configuration);

    /// <summary>Starts one with services of its own in the place of some of the edge's.</summary>
    public static async Task<EdgeUnderTest> StartAsync(
        IEnumerable<(string Id, string Address)> workers, Action<IServiceCollection> services,
        params (string Key, string Value)[] configuration)
    {
        string directory = Directory.CreateTempSubdirectory("edge-test").FullName;
        var values = new Dictionary<string, string?>
        {
            ["connection_plane:edge:id"] = "edge-1",
            ["connection_plane:edge:listen"] = "https://127.0.0.1:0",
            ["connection_plane:edge:admin_listen"] = "https://127.0.0.1:0",
            ["connection_plane:edge:admin_token"] = AdminToken,
            ["connection_plane:edge:tls:development_certificate"] = "true",
            ["connection_plane:edge:tls:development_certificate_file"] = Path.Combine(directory, "edge.pem"),
            ["connection_plane:edge:forwarding:probe_interval"] = "100ms",
            ["connection_plane:auth:signing_key"] = SigningKey,
            ["connection_plane:internal_keys:0"] = InternalKey,
        };
        foreach (((string id, string address), int i) in workers.Select((worker, i) => (worker, i)))
        {
            values[$"connection_plane:edge:workers:{i}:id"] = id;
            values[$"connection_plane:edge:workers:{i}:address"] = address;
        }

        foreach ((string key, string value) in configuration)
        {
            values[key] = value;
        }

        var logs = new CapturedLogs();
        WebApplication app = EdgeHost.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(values);
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
            // Everything, so that a test of what is not logged means something.
            builder.Services.Configure<LoggerFilterOptions>(filters => filters.Rules.Clear());
            services(builder.Services);
        });
        await app.StartAsync();
        return new EdgeUnderTest(app, directory, logs);
    }

    public static Task<EdgeUnderTest> StartAsync(
        IEnumerable<FakeWorker> workers, params (string Key, string Value)[] configuration) =>
        StartAsync(workers.Select(worker => (worker.Id, worker.Address)), configuration);

    public static string Token(string tenant = "acme", string subject = "ann", string scope = "read:*") =>
        new TokenMinter(SigningKey, TimeProvider.System).Mint(tenant, subject, scope, TimeSpan.FromMinutes(5));

    public HttpClient NewClient(Version? version = null)
    {
        var client = new HttpClient(Handler())
        {
            BaseAddress = PublicAddress,
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _owned.Add(client);
        return client;
    }

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token = null, HttpContent? body = null, Uri? on = null)
    {
        var request = new HttpRequestMessage(method, new Uri(on ?? PublicAddress, path)) { Content = body };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? token = null) =>
        SendAsync(HttpMethod.Get, path, token);

    public Task<HttpResponseMessage> GetAdminAsync(string path) =>
        SendAsync(HttpMethod.Get, path, AdminToken, on: AdminAddress);

    public Task<HttpResponseMessage> PostAdminAsync(string path) =>
        SendAsync(HttpMethod.Post, path, AdminToken, on: AdminAddress);

    /// <summary>What an admin path answers, which must be of this status.</summary>
    public async Task<JsonElement> AdminAsync(string path, HttpMethod? method = null, int status = 200)
    {
        using HttpResponseMessage answer = await SendAsync(
            method ?? HttpMethod.Get, path, AdminToken, on: AdminAddress);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True((HttpStatusCode)status == answer.StatusCode, $"{(int)answer.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Ends it as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Opens a WebSocket; its first message, the worker's id, is not yet read.</summary>
    public async Task<ClientWebSocket> ConnectAsync(
        string path, string? token, bool overHttp2 = false, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        _owned.Add(socket);
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.HttpVersion = overHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        configure?.Invoke(socket.Options);
        var invoker = new HttpMessageInvoker(Handler());
        _owned.Add(invoker);
        Uri address = new UriBuilder(new Uri(PublicAddress, path)) { Scheme = "wss" }.Uri;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            await socket.ConnectAsync(address, invoker, patience.Token);
        }
        catch (WebSocketException)
        {
            // The status is in the socket's details; the test looks there.
        }

        return socket;
    }

    /// <summary>Waits until the edge knows that all its workers are as told.</summary>
    public Task WorkersAreAsync(params string[] states) => Eventually.TrueAsync(
        $"workers are {string.Join(", ", states)}",
        async () =>
        {
            (string State, bool IsAvailable)[] workers =
            [
                .. (await WorkersAsync()).EnumerateArray().Select(worker => (
                    worker.GetProperty("state").GetString()!, worker.GetProperty("available").GetBoolean())),
            ];
            return workers.SequenceEqual(states.Select(state => (state, state == "ready")));
        });

    public async Task<JsonElement> WorkersAsync()
    {
        using HttpResponseMessage answer = await GetAdminAsync("/admin/workers");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("workers");
    }

    public bool IsItsCertificate(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown is not null && shown.GetCertHashString() == Services.GetRequiredService<EdgeCertificate>()
            .Current.Context.TargetCertificate.GetCertHashString();

    public static async Task<string> ReadTextAsync(WebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        using var text = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage || part.MessageType == WebSocketMessageType.Close)
            {
                return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _owned.ForEach(one => one.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private SocketsHttpHandler Handler() => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = IsItsCertificate,
        },
    };
}
