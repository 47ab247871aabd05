using System.Security.Authentication;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Makes and ends the client library's connections. The library promises no time limit for either and may block; here
/// each has one, and what does not end within it is left behind.
/// </summary>
internal sealed class RedisConnector(
    RedisOptions options, RedisSecurity security, string name, TimeProvider time)
{
    /// <summary>What is spoken by TLS.</summary>
    public const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWordTimeout = TimeSpan.FromSeconds(1);

    /// <summary>One attempt. What it returns may not be connected yet.</summary>
    /// <exception cref="TimeoutException">The library did not return.</exception>
    public async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stopping)
    {
        Task<ConnectionMultiplexer> connecting = Task.Run(
            () => ConnectionMultiplexer.ConnectAsync(Configure()), CancellationToken.None);
        try
        {
            ConnectionMultiplexer multiplexer =
                await connecting.WaitAsync(options.ConnectTimeout * 2, time, stopping);
            multiplexer.PreserveAsyncOrder = false;
            return multiplexer;
        }
        catch
        {
            RedisTasks.Observe(CloseLateAsync(connecting));
            throw;
        }
    }

    /// <summary>Ends a connection as well as it can be ended; never throws.</summary>
    public async Task CloseAsync(ConnectionMultiplexer multiplexer)
    {
        Task closing = Task.Run(
            async () =>
            {
                await WriteLastAsync(multiplexer);
                await multiplexer.CloseAsync(allowCommandsToComplete: false);
                multiplexer.Dispose();
            },
            CancellationToken.None);
        RedisTasks.Observe(closing);
        await closing.WaitAsync(CloseTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The library may send what it wrote last once more when it is closed at once: an append would be stored twice. So
    // the last thing it writes is something harmless, to each server, and its answer is waited for, within limits.
    private async Task WriteLastAsync(ConnectionMultiplexer multiplexer)
    {
        Task pings = Task.WhenAll(multiplexer.GetEndPoints()
            .Select(endpoint => multiplexer.GetServer(endpoint))
            .Where(server => server.IsConnected)
            .Select(server => server.PingAsync()));
        RedisTasks.Observe(pings);
        await pings.WaitAsync(LastWordTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CloseLateAsync(Task<ConnectionMultiplexer> connecting) => await CloseAsync(await connecting);

    private ConfigurationOptions Configure()
    {
        security.Refresh();
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,

            // The library takes INFO for an administrator's word, and asks itself alone for leave.
            AllowAdmin = true,
            ClientName = $"realtime-{name}",
            ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds,
            SyncTimeout = (int)options.CommandTimeout.TotalMilliseconds,
            Password = security.Password,
            Ssl = options.Tls,
            // The library's own keys and channels: we have no use for them.
            TieBreaker = string.Empty,
            ConfigurationChannel = string.Empty,
        };
        if (options.Tls)
        {
            configuration.SslProtocols = Protocols;
            configuration.SslHost = options.TlsHost;
            configuration.CertificateValidation +=
                (_, certificate, _, errors) => security.IsTrusted(certificate, errors);
        }

        foreach (string endpoint in options.Endpoints)
        {
            configuration.EndPoints.Add(endpoint);
        }

        return configuration;
    }
}
