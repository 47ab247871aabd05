using System.Net;
using System.Security.Authentication;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>A real Redis by TLS and password: what gets in, and that each way not to is called by its name.</summary>
public sealed class RedisTlsTests
{
    [Fact]
    public async Task Events_and_bells_go_by_TLS_with_the_password()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync();
        await using RedisLog log = Create(redis.Options());
        int rung = 0;
        await log.CheckAsync(None);
        await using IAsyncDisposable listening =
            await log.ListenAsync(Events, _ => Interlocked.Increment(ref rung), None);

        List<StreamCursor> ids = await FillAsync(log, 1, 3);

        Assert.Equal([1, 2, 3], ids.Select(id => id.Entry.Offset));
        await Eventually.TrueAsync("the bell rings", () => Volatile.Read(ref rung) > 0);
        Assert.Contains("rt:layout", await redis.Server.CommandAsync("KEYS", "*"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_may_stand_in_a_file_and_is_read_anew_when_the_server_has_another()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync();
        string file = Path.Combine(redis.Server.Directory, "password");
        await File.WriteAllTextAsync(file, $"{TlsRedis.Password}\n");
        await using RedisLog log =
            Create(redis.Impatient(options => options with { Password = null, PasswordFile = file }));
        await BackAsync(log);

        await redis.Server.CommandAsync("CONFIG", "SET", "requirepass", "another");
        await File.WriteAllTextAsync(file, "another\n");
        await redis.Server.KillConnectionsAsync("another");

        await BackAsync(log);
        Assert.Single(await FillAsync(log, 1, 1));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_that_name()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync();
        using var other = new TestAuthority();

        await RefusedAsync(
            redis, options => options with { CaFile = other.CaFile }, LogUnavailableReason.Untrusted, "ca_file");
        await RefusedAsync(
            redis, options => options with { CaFile = null }, LogUnavailableReason.Untrusted, "ca_file");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_by_that_name_unless_that_is_the_one_to_expect()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync(bearsAddress: false);

        await RefusedAsync(redis, options => options, LogUnavailableReason.Untrusted, "tls_host");
        await RefusedAsync(
            redis, options => options with { TlsHost = "other.test" }, LogUnavailableReason.Untrusted, "tls_host");

        await using RedisLog log = Create(redis.Options(options => options with { TlsHost = "redis.test" }));
        Assert.Single(await FillAsync(log, 1, 1));
    }

    [Theory]
    [InlineData("not-this", "refused the password")]
    [InlineData(null, "asks for a password")]
    public async Task A_wrong_password_and_none_are_told_apart_and_never_shown(string? password, string says)
    {
        await using TlsRedis redis = await TlsRedis.StartAsync();

        await RefusedAsync(
            redis, options => options with { Password = password }, LogUnavailableReason.WrongPassword, says);
    }

    [Fact]
    public async Task TLS_to_a_plain_port_and_plain_to_a_TLS_port_are_told()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync();

        await RefusedAsync(
            redis, options => options with { Endpoints = [redis.Server.Endpoint] }, LogUnavailableReason.Unreachable,
            "does not speak TLS");
        await RefusedAsync(
            redis, options => options with { Tls = false, CaFile = null }, LogUnavailableReason.Unreachable,
            "event_plane:redis:tls");
    }

    [Fact]
    public async Task The_nodes_of_a_cluster_are_found_and_asked_by_TLS()
    {
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("redis", "redis.test", IPAddress.Loopback);
        List<int> ports = [];
        await using RedisCluster cluster = await RedisCluster.StartAsync(more: () =>
        {
            ports.Add(RedisServer.FreePort());
            return
            [
                "--tls-port", $"{ports[^1]}", "--tls-cert-file", certificate, "--tls-key-file", key,
                "--tls-ca-cert-file", authority.CaFile, "--tls-auth-clients", "no", "--tls-cluster", "yes",
            ];
        });
        LogOptions options = Options($"127.0.0.1:{ports[0]}") with { Partitions = 16 };
        await using RedisLog log = Create(
            options with { Redis = options.Redis with { Tls = true, CaFile = authority.CaFile } });

        for (int partition = 0; partition < 16; partition++)
        {
            AppendResult result = await log.AppendAsync(new StreamKey("acme", partition), [Event("one")], None);
            Assert.Equal(AppendStatus.Stored, result.Outcomes[0].Status);
        }

        foreach (RedisServer node in cluster.Nodes)
        {
            Assert.Contains(
                "acme:log", await node.CommandAsync("KEYS", "*"), StringComparison.Ordinal);
            Assert.DoesNotContain(
                $"laddr=127.0.0.1:{node.Port} name=realtime", await node.CommandAsync("CLIENT", "LIST"),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_speaks_only_old_TLS_is_refused()
    {
        await using TlsRedis redis = await TlsRedis.StartAsync(protocols: "TLSv1.1");

        await RefusedAsync(redis, options => options, LogUnavailableReason.Untrusted, "TLS 1.2 or 1.3");

        // The system's own settings may refuse them already, and hide what ours say.
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, RedisConnector.Protocols);
    }

    private static async Task RefusedAsync(
        TlsRedis redis, Func<RedisOptions, RedisOptions> change, LogUnavailableReason reason, string says)
    {
        var logger = new ListLogger<RedisLog>();
        await using RedisLog log = Create(redis.Impatient(change), logger);

        LogUnavailableException failure = await EventuallyAsync(log, reason, says);

        await Eventually.TrueAsync(
            "an operator is told", () => logger.Lines.Any(line => line.Contains(says, StringComparison.Ordinal)));
        foreach (string secret in new[] { TlsRedis.Password, "not-this" })
        {
            Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(logger.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }

        Assert.DoesNotContain("rt:", await redis.Server.CommandAsync("KEYS", "*"), StringComparison.Ordinal);
    }

    // The first moments are those of a Redis that may still come.
    private static async Task<LogUnavailableException> EventuallyAsync(
        RedisLog log, LogUnavailableReason reason, string says)
    {
        LogUnavailableException? last = null;
        await Eventually.TrueAsync(
            $"the log says {reason}: {says}",
            async () =>
            {
                last = await Assert.ThrowsAsync<LogUnavailableException>(() => log.CheckAsync(None));
                return last.Reason == reason
                    && last.Message.Contains(says, StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(60),
            () => $"It says {last?.Reason}: {last?.Message}");
        return last!;
    }
}
