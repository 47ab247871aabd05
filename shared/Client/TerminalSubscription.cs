using Realtime.Client.Subscriptions;
using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>
/// A subscription to the terminal of one task: its bytes in order, exactly, across reconnects. Read once, by
/// <c>await foreach</c> or by <see cref="RunAsync"/>; ends after <see cref="TerminalEndItem"/>.
/// </summary>
/// <remarks>
/// The server sends no more than its window (<see cref="ServerLimits.TerminalWindowBytes"/>) beyond what was taken. A
/// task that has no terminal ends the reading with a <see cref="RealtimeException"/> <c>not_found</c>.
/// </remarks>
public sealed class TerminalSubscription : IAsyncEnumerable<TerminalItem>, IAsyncDisposable
{
    private readonly TerminalFeed _feed;
    private EventHandler<SubscriptionStatus>? _statusChanged;

    internal TerminalSubscription(TerminalFeed feed) => _feed = feed;

    /// <summary>Its id on the connection; appears in <see cref="ServerNotice.SubscriptionId"/>.</summary>
    public string Id => _feed.Id;

    /// <summary>The task.</summary>
    public string Task => _feed.Task;

    /// <summary>What it does now.</summary>
    public SubscriptionStatus Status => _feed.Control.Status;

    /// <summary>
    /// Behind the last byte that the application has taken: give it as <see cref="TerminalOptions.From"/> later. Null
    /// before the server has said where the terminal begins.
    /// </summary>
    public TerminalFrom? Position => _feed.Position;

    /// <summary>Items that wait for the application.</summary>
    public int BufferedItems => _feed.Buffer.Items;

    /// <summary>Bytes of them, of the terminal itself.</summary>
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
    public async IAsyncEnumerator<TerminalItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (TerminalItem item in _feed.Buffer.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _feed.Leave();
        }
    }

    /// <summary>Calls a handler for each item, one after the other, until the terminal or the subscription
    /// ends.</summary>
    /// <param name="handler">Called with each item.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <exception cref="RealtimeException">The server refused it, or the client was closed for good.</exception>
    public async Task RunAsync(
        Func<TerminalItem, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        await foreach (TerminalItem item in this.WithCancellation(cancellationToken))
        {
            await handler(item, cancellationToken);
        }
    }

    /// <summary>Waits until the server has confirmed the subscription.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the subscription.</param>
    /// <exception cref="RealtimeException">The server refused it, or it, or the client, was closed.</exception>
    public Task WhenActiveAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.WhenActiveAsync(cancellationToken);

    /// <summary>Has the server stop sending; holds across reconnects until <see cref="ResumeAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the pause.</param>
    /// <returns>A task that completes when the server has said so.</returns>
    public Task PauseAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.PauseAsync(cancellationToken);

    /// <summary>Has the server go on where it stopped.</summary>
    /// <param name="cancellationToken">Ends the waiting, not what was asked.</param>
    /// <returns>A task that completes when the server has said so; at once while the buffer is full.</returns>
    public Task ResumeAsync(CancellationToken cancellationToken = default) =>
        _feed.Control.ResumeAsync(cancellationToken);

    /// <summary>Ends the subscription; reading it ends too. The position stays.</summary>
    /// <returns>A completed task: the server is told by the connection, in its turn.</returns>
    public ValueTask DisposeAsync()
    {
        _feed.Leave();
        return ValueTask.CompletedTask;
    }

    internal void OnStatusChanged(SubscriptionStatus status) => _statusChanged?.Invoke(this, status);
}
