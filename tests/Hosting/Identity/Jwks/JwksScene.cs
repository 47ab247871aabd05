using Microsoft.Extensions.Logging;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Hosting.Identity.Keys;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>A verifier before a server of keys, with a clock that the test moves.</summary>
internal sealed class JwksScene : IAsyncDisposable
{
    private readonly CapturedLogs _captured = new();
    private readonly ILoggerFactory _loggers;
    private readonly Counted _counted = new();

    private JwksScene(KeyServer server, Func<AuthOptions, AuthOptions>? change)
    {
        Server = server;
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_captured).SetMinimumLevel(LogLevel.Trace));
        var options = new AuthOptions { JwksUrl = server.Url, JwksCaFile = server.CaFile };
        options = change?.Invoke(options) ?? options;
        Keys = new JwksKeys(
            options, new JwksMetrics(_counted.Meters), Clock, _loggers.CreateLogger<JwksKeys>());
        Verifier = new TokenVerifier(options, Clock, new SecretList(options.ReadSigningKeys()), Keys);
    }

    public KeyServer Server { get; }

    public ManualClock Clock { get; } = new();

    public JwksKeys Keys { get; }

    public TokenVerifier Verifier { get; }

    public IReadOnlyCollection<string> Logs => _captured.Lines;

    public static async Task<JwksScene> StartAsync(
        IssuerKey[] keys, Func<AuthOptions, AuthOptions>? change = null) =>
        new(await KeyServer.StartAsync(keys), change);

    public long Fetches(string outcome) => _counted[$"realtime_jwks_fetches_total outcome={outcome}"];

    public string Claims(params (string Name, object? Json)[] changes) => TestTokens.Claims(Clock, changes);

    /// <summary>Verifies a right token of a key.</summary>
    public Task<TokenFailure> VerifyAsync(IssuerKey key) => VerifyAsync(key.Sign(Claims()));

    public async Task<TokenFailure> VerifyAsync(string token) =>
        (await Verifier.VerifyAsync(token, CancellationToken.None)).Failure;

    public async ValueTask DisposeAsync()
    {
        await Keys.DisposeAsync();
        await Server.DisposeAsync();
        _loggers.Dispose();
        _counted.Dispose();
    }
}
