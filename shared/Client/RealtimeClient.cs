using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Realtime.Client.Connections;
using Realtime.Client.Http;
using Realtime.Client.Subscriptions;
using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>
/// A client of one edge: watches events and terminals over one WebSocket, which is made when it is first needed and
/// made anew whenever it breaks; publishes and reads over HTTP. Thread-safe. Dispose it to close everything.
/// </summary>
public sealed partial class RealtimeClient : IAsyncDisposable
{
    private readonly RealtimeClientOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly TokenSource _tokens;
    private readonly FeedContext _feeds;
    private readonly ConnectionTeller _teller;
    private readonly ConnectionLoop _connection;
    private readonly Publisher _publisher;
    private readonly TerminalWriter _terminals;
    private readonly LeaseClient? _leases;
    private readonly ConcurrentDictionary<ProducerLease, bool> _held = [];
    private readonly HistoryClient _history;
    private readonly TicketClient _tickets;
    private readonly CancellationTokenSource _closed = new();
    private int _isDisposed;
    private int _subscriptions;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="options">Where to, with which token, and how.</param>
    /// <exception cref="ArgumentException">Options are wrong: all of them are named, with value and rule.</exception>
    public RealtimeClient(RealtimeClientOptions options)
    {
        OptionsCheck.Validate(options);
        _options = options;
        ILogger logger = options.LoggerFactory.CreateLogger<RealtimeClient>();
        _http = new HttpMessageInvoker(HandlerFactory.Create(options));
        var wake = new AsyncSignal();
        _tokens = new TokenSource(options, _closed.Token);
        _teller = new ConnectionTeller(logger)
        {
            StateChanged = state => StateChanged?.Invoke(this, state),
            Noticed = notice => NoticeReceived?.Invoke(this, notice),
        };
        _feeds = new FeedContext(options, new FeedRegistry(), new ServerClock(options.TimeProvider), wake.Set);
        _connection = new ConnectionLoop(
            options, _feeds, _tokens, new Door(options, _http), wake, _teller, logger);
        var http = new EdgeHttp(_http, _tokens, options, _closed.Token);
        var pressure = new PressureGate(options);
        var producer = ProducerIdentity.Of(options);
        _publisher = new Publisher(http, pressure, producer, options);
        _terminals = new TerminalWriter(http, pressure, producer, options);
        _leases = producer is null ? null : new LeaseClient(http, producer, options);
        _history = new HistoryClient(http);
        _tickets = new TicketClient(http, options);
    }

    /// <summary>Told each change of <see cref="State"/>, in order; the connection waits for handlers.</summary>
    public event EventHandler<ConnectionState>? StateChanged;

    /// <summary>Told what the server tells without being asked, such as that its log is away.</summary>
    public event EventHandler<ServerNotice>? NoticeReceived;

    /// <summary>The connection's state.</summary>
    public ConnectionState State => _teller.State;

    /// <summary>Limits of the connection, once one was made.</summary>
    public ServerLimits? Limits => _teller.Limits;

    /// <summary>What silence of the connection is too long, as the server's last <c>welcome</c> told it; null before
    /// the first.</summary>
    public TimeSpan? Heartbeat => _teller.Heartbeat;

    /// <summary>The server's clock, as far as known.</summary>
    public DateTimeOffset ServerTime => _feeds.Clock.Now;

    /// <summary>Connects, if that has not been done yet. Not needed; it is there to fail early.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the attempts.</param>
    /// <exception cref="RealtimeException">The client is closed for good.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        _connection.Start();
        ConnectionState state = await _teller.SettledAsync(cancellationToken);
        if (state.Status == ConnectionStatus.Closed)
        {
            throw state.Error ?? EdgeHttp.ClosedError();
        }
    }

    /// <summary>Subscribes to events; any number of subscriptions share the connection.</summary>
    /// <param name="options">Which events; null = all that the token may read.</param>
    /// <exception cref="RealtimeException">The client was disposed (<c>closed</c>).</exception>
    public EventSubscription Subscribe(EventSubscriptionOptions? options = null)
    {
        ThrowIfDisposed();
        var feed = new EventFeed(NextId('s'), options ?? new EventSubscriptionOptions(), _feeds);
        var subscription = new EventSubscription(feed);
        feed.Control.StatusChanged = status => _teller.Call(subscription.OnStatusChanged, status);
        Begin(feed);
        return subscription;
    }

    /// <summary>Subscribes to the terminal of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">Where it begins.</param>
    /// <exception cref="RealtimeException">The client was disposed (<c>closed</c>).</exception>
    public TerminalSubscription SubscribeTerminal(string task, TerminalOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ThrowIfDisposed();
        var feed = new TerminalFeed(NextId('t'), task, options ?? new TerminalOptions(), _feeds);
        var subscription = new TerminalSubscription(feed);
        feed.Control.StatusChanged = status => _teller.Call(subscription.OnStatusChanged, status);
        Begin(feed);
        return subscription;
    }

    /// <summary>Reads one page of events after a cursor, oldest first.</summary>
    /// <param name="query">Which; null = all from the first one retained.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">It could not be read.</exception>
    public async Task<HistoryPage> ReadEventsAsync(
        HistoryQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new HistoryQuery();
        PageReader page = await _history.ReadPageAsync(
            "v1/events", new QueryText().Add(query).Add("after", query.After).Add("limit", query.Limit),
            cancellationToken);
        return new HistoryPage(page.Events, page.Next, page.Gaps, page.More);
    }

    /// <summary>Reads page after page of events after a cursor, oldest first, up to the end.</summary>
    /// <param name="query">Which; null = all from the first one retained.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">A page could not be read.</exception>
    public async IAsyncEnumerable<HistoryPage> ReadEventPagesAsync(
        HistoryQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        query ??= new HistoryQuery();
        HistoryPage page;
        do
        {
            page = await ReadEventsAsync(query, cancellationToken);
            yield return page;
            query = query with { After = page.Next };
        }
        while (page.More);
    }

    /// <summary>Reads the latest events, oldest first.</summary>
    /// <param name="query">Which; null = the last 100.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">They could not be read.</exception>
    public async Task<LatestPage> ReadLatestAsync(
        LatestQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new LatestQuery();
        PageReader page = await _history.ReadPageAsync(
            "v1/events", new QueryText().Add(query).Add("last", query.Last).Add("before", query.Before),
            cancellationToken);
        return new LatestPage(page.Events, page.Cursor, page.Before, page.More);
    }

    /// <summary>Reads the latest value of each state key, by agent.</summary>
    /// <param name="query">Which; null = all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">They could not be read.</exception>
    public async Task<ValuesPage> ReadValuesAsync(
        ValuesQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new ValuesQuery();
        PageReader page = await _history.ReadPageAsync(
            "v1/agents",
            new QueryText().Add(query).Add("limit", query.Limit).Add("after_agent", query.AfterAgent),
            cancellationToken);
        return new ValuesPage(page.Agents, page.Cursor, page.More);
    }

    /// <summary>Reads a terminal's bytes, as many as there are now.</summary>
    /// <param name="task">The task.</param>
    /// <param name="from">Where to begin; null = at the first byte retained.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">They could not be read; <c>gap</c> or <c>other_epoch</c> if an exact offset
    /// is no longer there.</exception>
    public Task<TerminalContent> ReadTerminalAsync(
        string task, TerminalFrom? from = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        return _history.ReadTerminalAsync(task, from ?? TerminalFrom.Start, cancellationToken);
    }

    /// <summary>
    /// Has a ticket made, by which somebody else opens one connection for this client's user, with no more than its
    /// grants. What fails for a while is tried again, by <see cref="RealtimeClientOptions.Publish"/>.
    /// </summary>
    /// <param name="options">What it is to open; null = what the token does.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RealtimeException">There is none; <c>forbidden</c> if the token grants nothing of
    /// it.</exception>
    public Task<Ticket> CreateTicketAsync(TicketOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new TicketOptions();
        if (options.Lifetime is { } lifetime)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TicketOptions.LifetimeMin, nameof(options));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, TicketOptions.LifetimeMax, nameof(options));
        }

        return _tickets.CreateAsync(options, cancellationToken);
    }

    /// <summary>Gives leases back, closes the connection and ends all subscriptions and requests; returns when nothing
    /// is left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await Task.WhenAll(_held.Keys.Select(lease => lease.DisposeAsync().AsTask()));
        await _closed.CancelAsync();
        await _connection.DisposeAsync();
        await _tokens.EndedAsync();
        _http.Dispose();
        _closed.Dispose();
    }

    private void Begin(IFeed feed)
    {
        _feeds.Registry.Add(feed);
        _connection.Start();
        _feeds.Wake();
    }

    private string NextId(char kind) => string.Create(
        CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref _subscriptions)}");

    private void ThrowIfDisposed()
    {
        if (_isDisposed != 0)
        {
            throw EdgeHttp.ClosedError();
        }
    }
}
