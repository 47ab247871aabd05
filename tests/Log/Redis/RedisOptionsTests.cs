using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Hosting.Configuration;
using Realtime.Log;
using Realtime.Log.Redis;

namespace Realtime.Tests.Log.Redis;

/// <summary>The configuration of the log on Redis: what chooses it, what it accepts, what it refuses.</summary>
public sealed class RedisOptionsTests
{
    [Fact]
    public void Every_key_is_read()
    {
        RedisOptions options = Configure(
            ("endpoints:0", "redis-0:6379"), ("endpoints:1", "10.0.0.7:7000"), ("password", "p"), ("tls", "true"),
            ("tls_host", "redis.test"),
            ("connect_timeout", "3s"), ("command_timeout", "250ms"), ("probe_interval", "2s"),
            ("reconnect_after", "15s"), ("in_flight_bytes_max", "8388608"))
            .ReadRealtimeOptions<LogOptions>().Redis;

        Assert.Equal(["redis-0:6379", "10.0.0.7:7000"], options.Endpoints);
        Assert.Equal(
            new RedisOptions
            {
                Endpoints = options.Endpoints,
                Password = "p",
                Tls = true,
                TlsHost = "redis.test",
                ConnectTimeout = TimeSpan.FromSeconds(3),
                CommandTimeout = TimeSpan.FromMilliseconds(250),
                ProbeInterval = TimeSpan.FromSeconds(2),
                ReconnectAfter = TimeSpan.FromSeconds(15),
                InFlightBytesMax = 8 * 1024 * 1024,
            },
            options);
    }

    [Theory]
    [InlineData("endpoints:0", "redis")]
    [InlineData("endpoints:0", "redis:0")]
    [InlineData("endpoints:0", "redis:65536")]
    [InlineData("endpoints:0", ":6379")]
    [InlineData("endpoints:0", "re dis:6379")]
    [InlineData("password_file", "/nowhere/password")]
    [InlineData("reconnect_after", "900ms")]
    [InlineData("command_timeout", "49ms")]
    [InlineData("connect_timeout", "2m")]
    [InlineData("in_flight_bytes_max", "1024")]
    public void A_bad_value_is_named_by_key(string key, string value)
    {
        var binder = new OptionsBinder(Configure((key, value)));

        binder.Bind(typeof(LogOptions));

        ConfigurationError error = Assert.Single(binder.Errors);
        Assert.Equal($"event_plane:redis:{key.Split(':')[0]}", error.Key);
    }

    [Theory]
    [InlineData("password", "password:one", "password_file:/dev/null/none")]
    [InlineData("ca_file", "tls:true", "ca_file:/nowhere/ca.pem")]
    [InlineData("tls", "tls:false", "tls_host:redis.test")]
    [InlineData("tls_host", "tls:true", "tls_host:no host")]
    public void What_contradicts_itself_is_named_by_key(string wrong, params string[] settings)
    {
        var binder = new OptionsBinder(Configure(
            [.. settings.Select(setting => setting.Split(':', 2)).Select(parts => (parts[0], parts[1]))]));

        binder.Bind(typeof(LogOptions));

        Assert.Contains(binder.Errors, error => error.Key == $"event_plane:redis:{wrong}");
    }

    [Fact]
    public async Task Endpoints_choose_Redis_and_none_the_embedded_log()
    {
        await using ServiceProvider with = Build(Configure(("endpoints:0", "127.0.0.1:1")));
        await using ServiceProvider without = Build(Configure());

        Assert.IsType<RedisLog>(with.GetRequiredService<IPartitionedLog>());
        Assert.IsNotType<RedisLog>(without.GetRequiredService<IPartitionedLog>());
    }

    private static ServiceProvider Build(IConfiguration configuration) => new ServiceCollection()
        .AddSingleton(configuration)
        .AddLogging(logging => logging.ClearProviders())
        .AddPartitionedLog(configuration)
        .BuildServiceProvider();

    private static IConfiguration Configure(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(
            setting => KeyValuePair.Create($"event_plane:redis:{setting.Key}", (string?)setting.Value)))
        .Build();
}
