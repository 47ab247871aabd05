using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Workers;

namespace Realtime.Tests.Workers;

/// <summary>A worker on a free port of the loopback, and a client that speaks to it as an edge does.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    public const string Key = "a key for tests, of at least thirty-two bytes";
    public const string Name = "w1";
    public const string Everything = "read:* publish:*";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private RunningWorker(WebApplication app)
    {
        _app = app;
        IServerAddressesFeature addresses =
            app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Address = new Uri(addresses.Addresses.First());
        _client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>An embedded log for several workers or for looking at from outside; four partitions.</summary>
    public static MemoryLog NewLog(LogOptions? options = null, TimeProvider? clock = null) =>
        new(options ?? new LogOptions { Partitions = 4 }, clock ?? TimeProvider.System, NullLogger<MemoryLog>.Instance);

    public static WebApplication Build(IPartitionedLog? log = null, params string[] settings) => WorkerHost.Build(
        [
            "--connection_plane:worker:listen", "http://127.0.0.1:0",
            "--connection_plane:worker:id", Name,
            "--connection_plane:internal_keys:0", Key,
            "--connection_plane:auth:signing_key", Key,
            "--event_plane:partitions", "4",
            .. settings,
        ],
        builder =>
        {
            builder.Logging.ClearProviders();
            if (log is not null)
            {
                builder.Services.AddSingleton(log);
            }
        });

    public static async Task<RunningWorker> StartAsync(IPartitionedLog? log = null, params string[] settings)
    {
        WebApplication app = Build(log, settings);
        await app.StartAsync();
        return new RunningWorker(app);
    }

    /// <summary>The stamp that an edge would make.</summary>
    public static string Stamp(
        string tenant = "acme", string scope = Everything, string key = Key, TimeProvider? clock = null,
        string? edge = null, string subject = "someone", TimeSpan? lifetime = null, string? tokenId = null,
        DateTimeOffset? issuedAt = null) =>
        new IdentityStamp(new IdentityStampOptions { InternalKeys = [key] }, clock ?? TimeProvider.System).Sign(new()
        {
            Tenant = tenant,
            Subject = subject,
            Grants = Grants.Parse(scope),
            EdgeId = edge,
            TokenId = tokenId,
            IssuedAt = issuedAt,
            ConnectionId = edge is null ? null : "c1",
            ExpiresAt = TimeProvider.System.GetUtcNow() + (lifetime ?? TimeSpan.FromHours(1)),
        });

    /// <summary>A token as the identity provider would make it.</summary>
    public static string Token(
        string tenant = "acme", string scope = Everything, string subject = "someone", TimeSpan? lifetime = null,
        string key = Key) =>
        new TokenMinter(key, TimeProvider.System).Mint(tenant, subject, scope, lifetime ?? TimeSpan.FromHours(1));

    /// <summary>The stamp that an edge would make for an operator's request.</summary>
    public static string OperatorStamp(
        HttpMethod method, string target, string edge = "e1", string key = Key, TimeProvider? clock = null,
        string worker = Name) =>
        new OperatorStamp(new IdentityStampOptions { InternalKeys = [key] }, clock ?? TimeProvider.System)
            .Sign(method.Method, target, worker, edge);

    /// <summary>Asks as an edge does on behalf of an operator.</summary>
    public async Task<Answer> OperateAsync(HttpMethod method, string target, string edge = "e1")
    {
        using var request = new HttpRequestMessage(method, target);
        request.Headers.Add(Realtime.Hosting.Identity.OperatorStamp.Header, OperatorStamp(method, target, edge));
        return await Answer.ReadAsync(await SendAsync(request, stamp: null));
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? stamp)
    {
        if (stamp is not null)
        {
            request.Headers.Add(IdentityStamp.Header, stamp);
        }

        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<Answer> GetAsync(
        string path, string? tenant = "acme", string scope = Everything, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Answer.ReadAsync(await SendAsync(request, tenant is null ? null : Stamp(tenant, scope)));
    }

    public Task<Answer> PostAsync(string path, string body, string scope = Everything) =>
        PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), scope);

    public Task<Answer> PostBytesAsync(string path, byte[] body, string scope = Everything)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return PostAsync(path, content, scope);
    }

    public async Task<Answer> PostAsync(string path, HttpContent? content, string scope = Everything)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await Answer.ReadAsync(await SendAsync(request, Stamp(scope: scope)));
    }

    /// <summary>Publishes and returns the ids; all must be stored.</summary>
    public async Task<string[]> PublishAsync(params object[] events)
    {
        Answer answer = await PostAsync("/v1/events", JsonSerializer.Serialize(events));
        Assert.Equal(202, answer.Status);
        return
        [
            .. answer.Json.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("id").GetString()!),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
