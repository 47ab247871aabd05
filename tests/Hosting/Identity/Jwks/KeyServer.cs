using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using System.Security.Cryptography.X509Certificates;
using Realtime.Edge.Tls;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>An identity provider's server of keys, over TLS, that can be away, slow, or wrong.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("key-server").FullName;
    private WebApplication? _app;
    private int _requests;
    private int _port;

    private KeyServer()
    {
        DevelopmentCertificate.Ensure(CaFile, TimeProvider.System);
    }

    /// <summary>Its certificate, to be trusted.</summary>
    public string CaFile => Path.Combine(_directory, "server.pem");

    public string Url => $"https://127.0.0.1:{_port}/keys?apikey=a-secret-of-the-address";

    /// <summary>How often it was asked.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The keys that it publishes.</summary>
    public IReadOnlyList<IssuerKey> Keys { get; set; } = [];

    /// <summary>What it does instead, if set.</summary>
    public Func<HttpContext, Task>? Misbehaves { get; set; }

    public static async Task<KeyServer> StartAsync(params IssuerKey[] keys)
    {
        var server = new KeyServer { Keys = keys };
        await server.StartAsync();
        return server;
    }

    public static string DocumentOf(params IEnumerable<JsonNode?> keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    /// <summary>Starts it, again under the same address.</summary>
    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, _port,
            listen => listen.UseHttps(
                X509Certificate2.CreateFromPemFile(CaFile, DevelopmentCertificate.KeyFileOf(CaFile)))));
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        _port = new Uri(_app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    /// <summary>Takes it away: connections to its address are refused.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Misbehaves is { } misbehaves && context.Request.Path == "/keys")
        {
            await misbehaves(context);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(DocumentOf(Keys.Select(key => key.Jwk())));
    }
}
