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
public sealed class RealtimeClient : IAsyncDisposable
{
    private readonly RealtimeClientOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly TokenSource _tokens;
    private readonly FeedContext _feeds;
    private readonly ConnectionTeller _teller;
    private readonly ConnectionLoop _connection;
    private readonly Publisher _publisher;
    private readonly TerminalWriter _terminals;
    private readonly HistoryClient _history;
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
        _publisher = new Publisher(http, pressure, options);
        _terminals = new TerminalWriter(http, pressure, options);
        _history = new HistoryClient(http);
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

    /// <summary>
    /// Publishes events in their order and returns when all are stored. What fails for a while is tried again, by
    /// <see cref="RealtimeClientOptions.Publish"/>; keys keep anything from being stored twice. Calls at the same time
    /// have no order among each other.
    /// </summary>
    /// <param name="events">The events; more than 1,000 go out in several requests.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="PublishException">Not all could be stored; it says which.</exception>
    public Task<IReadOnlyList<PublishResult>> PublishAsync(
        IReadOnlyList<EventDraft> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return _publisher.PublishAsync(events, cancellationToken);
    }

    /// <summary>Publishes one event; see <see cref="PublishAsync(IReadOnlyList{EventDraft},
    /// CancellationToken)"/>.</summary>
    /// <param name="draft">The event.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="PublishException">It could not be stored.</exception>
    public async Task<PublishResult> PublishAsync(EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return (await _publisher.PublishAsync([draft], cancellationToken))[0];
    }

    /// <summary>
    /// Appends bytes to a task's terminal and returns when they are stored. The offset makes it harmless to do it
    /// again: bytes that are there already are skipped.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="offset">Offset of the first byte: how many were appended before.</param>
    /// <param name="data">The bytes, at least one.</param>
    /// <param name="options">Which stream, and what to do if the log lost bytes.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <returns>Where the terminal stands now.</returns>
    /// <exception cref="TerminalHoleException">Bytes before the offset are missing.</exception>
    /// <exception cref="RealtimeException">They could not be stored.</exception>
    public Task<TerminalAppended> AppendTerminalAsync(
        string task, long offset, ReadOnlyMemory<byte> data, AppendTerminalOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return _terminals.AppendAsync(task, offset, data, options ?? new AppendTerminalOptions(), cancellationToken);
    }

    /// <summary>Ends a task's terminal. The first exit code stays; the same one again is harmless.</summary>
    /// <param name="task">The task.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="RealtimeException">It could not be ended.</exception>
    public Task EndTerminalAsync(string task, int exitCode, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        return _terminals.EndAsync(task, exitCode, cancellationToken);
    }

    /// <summary>
    /// Tells a terminal's size from its present end on, so that viewers show what follows as the program meant it.
    /// </summary>
    /// <param name="task">The task; its terminal must have begun.</param>
    /// <param name="columns">Columns, 1 to 1,000.</param>
    /// <param name="rows">Rows, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends it; what was sent may be stored all the same.</param>
    /// <exception cref="RealtimeException">It could not be told; <c>not_found</c> by servers that know no
    /// sizes.</exception>
    public Task ResizeTerminalAsync(string task, int columns, int rows, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        return _terminals.ResizeAsync(task, columns, rows, cancellationToken);
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

    /// <summary>Closes the connection and ends all subscriptions and requests; returns when nothing is left
    /// behind.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

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
