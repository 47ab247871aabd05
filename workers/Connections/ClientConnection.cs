using System.Buffers;
using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>
/// One client, whatever carries it: its identity, its subscriptions, its outbox. Holds nothing that another worker
/// could not make anew from what the client sends. Requests are handled one at a time, by the receive loop.
/// </summary>
internal sealed partial class ClientConnection(
    HeldIdentity held, string sessionId, Outbox outbox, EventSubscriber events, TerminalSubscriber terminals,
    Pulse pulse, TokenRenewals renewals, int terminalWindowBytes, CancellationToken closed)
    : IConnection, IAsyncDisposable
{
    private readonly ConnectionOptions _options = renewals.Options;
    private readonly Renewal _renewal = new(held, outbox, renewals, closed);

    // Requests are handled one at a time, and between two of them subscriptions are narrowed to changed grants.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public string SessionId => sessionId;

    public HeldIdentity Held => held;

    public Outbox Outbox => outbox;

    public Pulse Pulse => pulse;

    public int SubscriptionCount => events.Count + terminals.Count;

    public void Tick(long now)
    {
        // A viewer that takes nothing is found by its send loop; a silent one by its pulse.
    }

    /// <summary>Handles one message; what can't be done is answered by <c>error</c>.</summary>
    public async Task HandleAsync(ClientMessage message)
    {
        await _turn.WaitAsync(closed);
        try
        {
            await HandleInTurnAsync(message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task HandleInTurnAsync(ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Hello hello:
                if (hello.Features.Contains(Features.Lz4))
                {
                    terminals.UseLz4();
                }

                AgreeOn(hello.HeartbeatMs);
                break;
            case ClientMessage.Subscribe subscribe:
                Refuse("subscribe", subscribe.Id, await SubscribeAsync(subscribe));
                break;
            case ClientMessage.SubscribeTerminal subscribe:
                Refuse("subscribe", subscribe.Id, await SubscribeAsync(subscribe));
                break;
            case ClientMessage.Unsubscribe unsubscribe when Knows("unsubscribe", unsubscribe.Id):
                terminals.Unsubscribe(unsubscribe.Id);
                Action? released = await events.UnsubscribeAsync(unsubscribe.Id);
                Post("unsubscribed", json => ServerMessages.WriteUnsubscribed(json, unsubscribe.Id), released);
                break;
            case ClientMessage.Pause pause when Knows("pause", pause.Id):
                (IReadOnlyList<EventPosition>? stood, Action? told) = await events.PauseAsync(pause.Id, closed);
                Post(
                    "paused", json => ServerMessages.WritePaused(json, pause.Id, stood),
                    told ?? terminals.Pause(pause.Id));
                break;
            case ClientMessage.Resume resume when Knows("resume", resume.Id):
                terminals.Resume(resume.Id);
                await events.ResumeAsync(resume.Id);
                break;
            case ClientMessage.Ack ack when Knows("ack", ack.Id):
                terminals.Acknowledge(ack);
                outbox.NoteProgress();
                break;
            case ClientMessage.Auth auth:
                Refuse("auth", id: null, _renewal.Begin(auth.Token, TellRenewedAsync));
                break;
            case ClientMessage.Ping ping:
                Post("pong", json => ServerMessages.WritePong(json, ping.Nonce));
                break;
            case ClientMessage.Invalid invalid:
                PostError(invalid.Code, invalid.Detail, invalid.Op, invalid.Id, retry: false);
                break;
        }
    }

    /// <summary>The client reads terminal bytes that are compressed by LZ4.</summary>
    public void UseLz4() => terminals.UseLz4();

    /// <summary>Makes an event subscription; null if it was made.</summary>
    public async Task<Refusal?> SubscribeAsync(ClientMessage.Subscribe message)
    {
        ImmutableArray<EventFilter> alternatives = held.Current.Grants.NarrowRead(message.Filter);
        if (Check(message.Id) is { } refusal)
        {
            return refusal;
        }

        if (alternatives.IsEmpty)
        {
            return new(ErrorCodes.Forbidden, "The token's grants cover nothing of this filter.", CloseCode.Forbidden);
        }

        try
        {
            await events.SubscribeAsync(message, alternatives, closed);
            return null;
        }
        catch (LogUnavailableException)
        {
            return Refusal.LogAway;
        }
        catch (TailLimitException)
        {
            return Refusal.TooManyFollowed;
        }
    }

    /// <summary>Makes a terminal subscription; null if it was made.</summary>
    public async Task<Refusal?> SubscribeAsync(ClientMessage.SubscribeTerminal message)
    {
        if (Check(message.Id) is { } refusal)
        {
            return refusal;
        }

        if (!held.Current.Grants.MayReadTerminal(message.Task))
        {
            return new(ErrorCodes.Forbidden, "The token's grants do not cover this terminal.", CloseCode.Forbidden);
        }

        try
        {
            return await terminals.SubscribeAsync(message, closed)
                ? null
                : new(
                    ErrorCodes.NotFound, "There is no such terminal, or it is no longer retained.", CloseCode.NotFound);
        }
        catch (LogUnavailableException)
        {
            return Refusal.LogAway;
        }
        catch (TailLimitException)
        {
            return Refusal.TooManyFollowed;
        }
    }

    public void Welcome() => Post("welcome", json => ServerMessages.WriteWelcome(
        json, new WelcomeMessage
        {
            Session = sessionId,
            Features = Features.Offered,
            HeartbeatMs = (int)pulse.Interval.TotalMilliseconds,
            MessageBytesMax = _options.MessageBytesMax,
            SubscriptionsMax = _options.SubscriptionsMax,
            TerminalWindowBytes = terminalWindowBytes,
            TimeMs = renewals.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        }));

    public void Drain(TimeSpan deadline, TimeSpan delay)
    {
        Post("drain", json => ServerMessages.WriteDrain(
            json, (int)deadline.TotalMilliseconds, (int)delay.TotalMilliseconds));
        outbox.Close(CloseCode.ServiceRestart, "the worker leaves; connect again");
    }

    /// <summary>Tells the client that nothing comes for now, and that it need not do anything about it.</summary>
    public void TellLogAway() => PostError(
        ErrorCodes.LogUnavailable,
        "The event log is away. Stay connected: what is published meanwhile follows when it is back.",
        op: null, id: null, retry: true);

    public void PostError(string code, string detail, string? op, string? id, bool retry) =>
        Post("error", json => ServerMessages.WriteError(json, code, detail, op, id, retry));

    public async ValueTask DisposeAsync()
    {
        outbox.Abort();
        await _renewal.EndAsync();
        terminals.Dispose();
        await events.DisposeAsync();
    }

    private void AgreeOn(int? heartbeatMs)
    {
        if (heartbeatMs is { } wanted && pulse.Interval != TimeSpan.FromMilliseconds(wanted))
        {
            pulse.Interval = TimeSpan.FromMilliseconds(wanted);
            Welcome();
        }
    }

    private Refusal? Check(string id)
    {
        if (events.Has(id) || terminals.Has(id))
        {
            return new(
                ErrorCodes.Duplicate, "A subscription of this id exists; unsubscribe it first.", CloseCode.BadMessage);
        }

        return events.Count + terminals.Count < _options.SubscriptionsMax
            ? null
            : new(
                ErrorCodes.TooMany, $"A connection has at most {_options.SubscriptionsMax} subscriptions.",
                CloseCode.LimitReached);
    }

    private bool Knows(string op, string id)
    {
        if (events.Has(id) || terminals.Has(id))
        {
            return true;
        }

        PostError(ErrorCodes.NotFound, "There is no subscription of this id.", op, id, retry: false);
        return false;
    }

    private void Refuse(string op, string? id, Refusal? refusal)
    {
        if (refusal is { } reason)
        {
            PostError(reason.Code, reason.Detail, op, id, reason.Retry);
        }
    }

    private void Post(string op, Action<ArrayBufferWriter<byte>> write, Action? sent = null)
    {
        var json = new ArrayBufferWriter<byte>(256);
        write(json);
        outbox.Post(new ControlMessage(op, json.WrittenMemory, sent));
    }
}
