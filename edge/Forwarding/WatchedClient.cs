using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// Watches the client's side of streams: of upgraded ones (HTTP/1.1), of extended CONNECT (HTTP/2), and of event
/// streams.
/// </summary>
internal static class WatchedClient
{
    /// <summary>Puts itself before what the proxy will write to; the answer puts back what was there.</summary>
    public static IDisposable Watch(HttpContext context, Attempt attempt, TrafficKind kind) =>
        kind switch
        {
            TrafficKind.EventStream => new EventStream(context, attempt),
            TrafficKind.WebSocket when context.Features.Get<IHttpExtendedConnectFeature>()
                is { IsExtendedConnect: true } connect => new Connect(context, connect, attempt),
            TrafficKind.WebSocket => new Upgrade(
                context, context.Features.GetRequiredFeature<IHttpUpgradeFeature>(), attempt),
            _ => Nothing.Instance,
        };

    private sealed class Upgrade : IHttpUpgradeFeature, IDisposable
    {
        private readonly HttpContext _context;
        private readonly IHttpUpgradeFeature _inner;
        private readonly Attempt _attempt;

        public Upgrade(HttpContext context, IHttpUpgradeFeature inner, Attempt attempt)
        {
            (_context, _inner, _attempt) = (context, inner, attempt);
            context.Features.Set<IHttpUpgradeFeature>(this);
        }

        public bool IsUpgradableRequest => _inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() =>
            new WatchedStream(await _inner.UpgradeAsync(), _attempt);

        public void Dispose() => _context.Features.Set(_inner);
    }

    private sealed class Connect : IHttpExtendedConnectFeature, IDisposable
    {
        private readonly HttpContext _context;
        private readonly IHttpExtendedConnectFeature _inner;
        private readonly Attempt _attempt;

        public Connect(HttpContext context, IHttpExtendedConnectFeature inner, Attempt attempt)
        {
            (_context, _inner, _attempt) = (context, inner, attempt);
            context.Features.Set<IHttpExtendedConnectFeature>(this);
        }

        public bool IsExtendedConnect => _inner.IsExtendedConnect;

        public string? Protocol => _inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() =>
            new WatchedStream(await _inner.AcceptAsync(), _attempt);

        public void Dispose() => _context.Features.Set(_inner);
    }

    private sealed class EventStream : IDisposable
    {
        private readonly HttpContext _context;
        private readonly Stream _inner;

        public EventStream(HttpContext context, Attempt attempt)
        {
            _context = context;
            _inner = context.Response.Body;
            context.Response.Body = new WatchedStream(_inner, attempt);
        }

        public void Dispose() => _context.Response.Body = _inner;
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
