using System.Net;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// A real Redis that speaks TLS with a certificate for <c>redis.test</c>, <c>localhost</c> being another name, and asks
/// for a password. Its plain port is for the test itself.
/// </summary>
internal sealed class TlsRedis : IAsyncDisposable
{
    public const string Password = "open-sesame";

    private readonly TestAuthority _authority = new();

    private TlsRedis()
    {
    }

    public RedisServer Server { get; private set; } = null!;

    public int TlsPort { get; } = RedisServer.FreePort();

    public string CaFile => _authority.CaFile;

    /// <summary>Starts one; its certificate bears the loopback's address if <paramref name="bearsAddress"/>.</summary>
    public static async Task<TlsRedis> StartAsync(bool bearsAddress = true, string? protocols = null)
    {
        var redis = new TlsRedis();
        (string certificate, string key) = redis._authority.Issue(
            "redis", "redis.test", bearsAddress ? IPAddress.Loopback : null);
        redis.Server = await RedisServer.StartAsync(
            password: Password,
            more:
            [
                "--tls-port", $"{redis.TlsPort}", "--tls-cert-file", certificate, "--tls-key-file", key,
                "--tls-ca-cert-file", redis.CaFile, "--tls-auth-clients", "no",
                .. protocols is null ? [] : new[] { "--tls-protocols", protocols },
            ]);
        return redis;
    }

    /// <summary>What a client is configured with that does all right.</summary>
    public LogOptions Options(Func<RedisOptions, RedisOptions>? change = null)
    {
        LogOptions options = RedisLogs.Options($"127.0.0.1:{TlsPort}");
        RedisOptions redis = options.Redis with { Tls = true, CaFile = CaFile, Password = Password };
        return options with { Redis = change?.Invoke(redis) ?? redis };
    }

    /// <summary>The same, soon out of patience.</summary>
    public LogOptions Impatient(Func<RedisOptions, RedisOptions>? change = null)
    {
        RedisOptions redis = Options(change).Redis;
        return Options() with
        {
            Redis = redis with
            {
                ConnectTimeout = TimeSpan.FromSeconds(3),
                CommandTimeout = TimeSpan.FromSeconds(1),
                ProbeInterval = TimeSpan.FromMilliseconds(200),
                ReconnectAfter = TimeSpan.FromSeconds(2),
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _authority.Dispose();
    }
}
