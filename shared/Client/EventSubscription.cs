using Realtime.Client.Subscriptions;
using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>
/// A subscription to events. Its items come in order and are read once: by <c>await foreach</c> or by <see
/// cref="RunAsync"/>.
/// It survives reconnects: what was missed follows, what came twice is dropped, what is gone is told by a
/// <see cref="GapItem"/>.
/// </summary>
/// <remarks>
/// Reading ends when the subscription or the client is disposed, and throws a <see cref="RealtimeException"/> when the
/// server refused it or the client was closed for good. Leaving the loop ends the subscription.
/// </remarks>
public sealed class EventSubscription : IAsyncEnumerable<SubscriptionItem>, IAsyncDisposable
{
    private readonly EventFeed _feed;
    private EventHandler<SubscriptionStatus>? _statusChanged;

    internal EventSubscription(EventFeed feed) => _feed = feed;

    /// <summary>Its id on the connection; appears in <see cref="ServerNotice.SubscriptionId"/>.</summary>
    public string Id => _feed.Id;

    /// <summary>What it does now.</summary>
    public SubscriptionStatus Status => _feed.Control.Status;

    /// <summary>
    /// What the application has taken: store it, and give it as <see cref="EventSubscriptionOptions.After"/> later. An
    /// item is taken when the next one is asked for, or its handler has returned. While a snapshot is read it stays
    /// where it was.
    /// </summary>
    public IReadOnlyList<EventPosition> Cursor => _feed.Cursor;

    /// <summary>How old the newest event was when it came, by the server's clock; zero if nothing was behind.</summary>
    public TimeSpan Lag => _feed.Lag;

    /// <summary>Items that wait for the application.</summary>
    public int BufferedItems => _feed.Buffer.Items;

    /// <summary>Bytes of them, as received.</summary>
    public int BufferedBytes => _feed.Buffer.Bytes;

    internal int BufferedItemsPeak => _feed.Buffer.ItemsPeak;

    internal int BufferedBytesPeak => _feed.Buffer.BytesPeak;

    /// <summary>
    /// Told each change of <see cref="Status"/>, in order. A handler that is added after the first change is told the
    /// last one at once, on the thread that adds it: none misses where the subscription stands. Handlers must be quick:
    /// the connection waits.
    /// </summary>
    public event EventHandler<SubscriptionStatus>? StatusChanged
    {
        add => _feed.Control.BetweenChanges(last =>
        {
            _statusChanged += value;
            if (last is { } status)
            {
                value?.Invoke(this, status);
            }
        });
        remove => _feed.Control.BetweenChanges(_ => _statusChanged -= value);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<SubscriptionItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (SubscriptionItem item in _feed.Buffer.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _feed.Leave();
        }
    }

    /// <summary>
    /// Calls a handler for each item, one after the other, until the subscription ends. An exception of the handler
    /// ends it and comes out here; its item counts as not taken.
    /// </summary>
    /// <param name="handler">Called with each item.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <exception cref="RealtimeException">The server refused it, or the client was closed for good.</exception>
    public async Task RunAsync(
        Func<SubscriptionItem, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        await foreach (SubscriptionItem item in this.WithCancellation(cancellationToken))
        {
            await handler(item, cancellationToken);
        }
    }

    /// <summary>
    /// Waits until the server has confirmed the subscription: all that is published from then on is delivered, after
    /// breaks and pauses too. What is published before may be missed.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the subscription.</param>
    /// <exception cref="RealtimeException">The server refused it, or it, or the client, was closed.</exception>
    public Task WhenActiveAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.WhenActiveAsync(cancellationToken);

    /// <summary>
    /// Has the server stop delivering; it keeps the place. Holds across reconnects until <see cref="ResumeAsync"/>.
    /// What waits in the buffer can still be read.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the pause.</param>
    /// <returns>A task that completes when the server has said so.</returns>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.PauseAsync(cancellationToken);

    /// <summary>Has the server go on, with all that was missed.</summary>
    /// <param name="cancellationToken">Ends the waiting, not what was asked.</param>
    /// <returns>A task that completes when the server has said so; at once while the buffer is full.</returns>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.ResumeAsync(cancellationToken);

    /// <summary>Ends the subscription; reading it ends too. The cursor stays.</summary>
    /// <returns>A completed task: the server is told by the connection, in its turn.</returns>
    public ValueTask DisposeAsync()
    {
        _feed.Leave();
        return ValueTask.CompletedTask;
    }

    internal void OnStatusChanged(SubscriptionStatus status) => _statusChanged?.Invoke(this, status);
}
