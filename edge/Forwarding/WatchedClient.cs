namespace Realtime.Edge.Forwarding;

/// <summary>Watches the client's side of an event stream: puts itself before what the proxy will write to.</summary>
internal sealed class WatchedClient : IDisposable
{
    private readonly HttpContext _context;
    private readonly Stream _inner;

    public WatchedClient(HttpContext context, Attempt attempt)
    {
        _context = context;
        _inner = context.Response.Body;
        context.Response.Body = new WatchedStream(_inner, attempt);
    }

    /// <summary>The answer puts back what was there.</summary>
    public void Dispose() => _context.Response.Body = _inner;
}
