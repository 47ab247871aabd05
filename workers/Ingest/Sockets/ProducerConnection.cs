using System.Buffers;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// One producer: several requests at work at a time, each answered once under its number. Remembers nothing that a
/// producer on a new connection would miss: keys and offsets make what it sends again harmless.
/// </summary>
internal sealed partial class ProducerConnection : IConnection, IAsyncDisposable
{
    // Answers that wait are bounded by the requests in flight; this is for all else.
    private const int NoticesMax = 256;

    private readonly Lock _gate = new();
    private readonly ProducerServices _services;
    private readonly ProducerLanes _lanes;
    private readonly PressureWatch _pressure;
    private readonly Renewal _renewal;
    private readonly CancellationToken _closed;
    private readonly bool _isMessagePack;
    private readonly Action _sent;

    // Owned by the receive loop.
    private readonly HashSet<Task> _running = [];

    private long _messageBeganAt;
    private long? _refusedSeq;
    private int _inFlight;
    private bool _isLeaving;

    public ProducerConnection(
        Identity identity, Subprotocol subprotocol, ProducerServices services, Pulse pulse, int messageBytesMax,
        CancellationToken closed)
    {
        Held = new HeldIdentity(identity);
        _services = services;
        _closed = closed;
        _isMessagePack = subprotocol == Subprotocol.MessagePack;
        _sent = AnswerSent;
        Pulse = pulse;
        MessageBytesMax = messageBytesMax;
        DeliveryOptions delivery = services.Delivery with
        {
            ControlMessagesMax = NoticesMax + services.Options.InFlightMax,
        };
        Outbox = new Outbox(subprotocol.Format, delivery, 0, services.DeliveryMetrics);
        _renewal = new Renewal(Held, Outbox, services.Renewals, closed);
        _lanes = new ProducerLanes(services.Options, TellPressure, services.SocketMetrics.RefusalForgotten);
        _pressure = new PressureWatch(
            identity.Tenant, services.Log, Outbox, services.Options.PressureInterval, services.Clock, services.Logger,
            closed);
    }

    public string SessionId { get; } = Connections.SessionId.Create();

    public HeldIdentity Held { get; }

    public Outbox Outbox { get; }

    public Pulse Pulse { get; }

    /// <summary>Largest message that it may send.</summary>
    public int MessageBytesMax { get; }

    public int SubscriptionCount => 0;

    public void Welcome() => Outbox.Post(ProducerMessages.Welcome(
        SessionId, Pulse.Interval, MessageBytesMax, _services.Ingest, _services.Options.InFlightMax,
        _services.Clock.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>Bytes of a message arrived, and its buffer grows.</summary>
    public bool TryReserve(int bytes)
    {
        if (Volatile.Read(ref _messageBeganAt) == 0)
        {
            Volatile.Write(ref _messageBeganAt, _services.Clock.GetTimestamp());
        }

        return _services.Budget.TryTake(bytes);
    }

    public void Tick(long now)
    {
        long began = Volatile.Read(ref _messageBeganAt);
        if (began != 0 && _services.Clock.GetElapsedTime(began, now) > _services.Options.MessageTimeout)
        {
            Outbox.Close(CloseCode.DeadPeer, "a message took too long to arrive");
        }
    }

    /// <summary>
    /// What is under way is answered; what comes from now on is not begun, and so is sent again elsewhere.
    /// </summary>
    public void Drain(TimeSpan deadline, TimeSpan delay)
    {
        Post("drain", json => ServerMessages.WriteDrain(
            json, (int)deadline.TotalMilliseconds, (int)delay.TotalMilliseconds));
        lock (_gate)
        {
            _isLeaving = true;
            CloseIfDone();
        }
    }

    public void TellLogAway()
    {
        // Each answer says so.
    }

    /// <summary>The address was wrong: says so, and closes.</summary>
    public void RefuseQuery(IReadOnlyList<ProblemError> errors)
    {
        Refuse("connect", null, Refusals.BadRequest("The address is wrong; see errors.", errors));
        Outbox.Close(CloseCode.BadMessage, ErrorCodes.BadRequest);
    }

    /// <summary>Handles one frame; its requests go on after this returns. How many messages it held.</summary>
    public int Handle(ProducerFrame frame, int length)
    {
        Volatile.Write(ref _messageBeganAt, 0);
        var messages = new List<ProducerMessage>();
        var limits = new ProducerMessageLimits(_services.Ingest.BodyBytesMax);
        bool isRead = _isMessagePack
            ? ProducerMessageReader.TryReadMessagePack(frame.Bytes(length), limits, messages, out string? error)
            : ProducerMessageReader.TryRead(frame.Bytes(length), limits, messages, out error);
        if (!isRead)
        {
            Outbox.Close(CloseCode.BadMessage, error ?? string.Empty);
            return 0;
        }

        foreach (ProducerMessage message in messages)
        {
            Handle(message, frame);
        }

        return messages.Count;
    }

    public async ValueTask DisposeAsync()
    {
        Outbox.Abort();
        await Task.WhenAll(_running);
        await _renewal.EndAsync();
        await _pressure.EndAsync();
        _services.SocketMetrics.Ended(_inFlight);
    }

    private void Handle(ProducerMessage message, ProducerFrame frame)
    {
        switch (message)
        {
            case ProducerMessage.Request request:
                Begin(request, frame);
                break;
            case ProducerMessage.Invalid invalid:
                int status = invalid.Code == ErrorCodes.BadRequest
                    ? StatusCodes.Status400BadRequest
                    : StatusCodes.Status413PayloadTooLarge;
                Refuse(invalid.Op, invalid.Seq, new IngestAnswer.Refused(status, invalid.Code, invalid.Detail));
                break;
            case ProducerMessage.Ping ping:
                Post("pong", json => ServerMessages.WritePong(json, ping.Nonce));
                break;
            case ProducerMessage.Hello { HeartbeatMs: { } wanted }
                when Pulse.Interval != TimeSpan.FromMilliseconds(wanted):
                Pulse.Interval = TimeSpan.FromMilliseconds(wanted);
                Welcome();
                break;
            case ProducerMessage.Auth auth:
                TellRefused(_renewal.Begin(auth.Token, TellRenewedAsync));
                break;
        }
    }

    private void Post(string op, Action<ArrayBufferWriter<byte>> write)
    {
        var json = new ArrayBufferWriter<byte>(128);
        write(json);
        Outbox.Post(new ControlMessage(op, json.WrittenMemory));
    }

    private void Begin(ProducerMessage.Request request, ProducerFrame frame)
    {
        lock (_gate)
        {
            // Behind a close nothing is answered any more: what isn't begun can be sent again elsewhere without being
            // there twice.
            if (_isLeaving || Outbox.PeekClose() is not null)
            {
                return;
            }

            if (Admit(request.Seq) is { } refused)
            {
                Refuse(request.Op, request.Seq, refused);
                return;
            }

            _inFlight++;
        }

        _services.SocketMetrics.Began();
        frame.Hold();
        Task running = RunAsync(request, frame);
        if (!running.IsCompleted)
        {
            _running.Add(running);
            if (_running.Count > 2 * _services.Options.InFlightMax)
            {
                _running.RemoveWhere(static task => task.IsCompleted);
            }
        }
    }

    // Refused before it has a lane: then nothing behind it goes, in whatever lane, until it comes again.
    private IngestAnswer.Refused? Admit(long seq)
    {
        if (_refusedSeq < seq)
        {
            return RequestTurn.AfterRefused;
        }

        if (_inFlight >= _services.Options.InFlightMax)
        {
            _refusedSeq = seq;
            return _services.Refusals.Limited(
                $"{_services.Options.InFlightMax} requests are without an answer, which is the limit; wait for one.");
        }

        _refusedSeq = null;
        return null;
    }

    private void AnswerSent()
    {
        _services.SocketMetrics.Ended(1);
        lock (_gate)
        {
            _inFlight--;
            CloseIfDone();
        }
    }

    private void CloseIfDone()
    {
        if (_isLeaving && _inFlight == 0)
        {
            Outbox.Close(CloseCode.ServiceRestart, "the worker leaves; connect again");
        }
    }

    private void Refuse(string op, long? seq, IngestAnswer.Refused refused, Action? sent = null)
    {
        _services.Metrics.Refused(KindOf(op), refused.Code);
        Outbox.Post(ProducerMessages.Error(refused, op, seq, sent));
    }

    // With the lanes' gate held, so that pauses and resumes go out in their order.
    private void TellPressure(string? task, Pressure pressure)
    {
        Outbox.Post(ProducerMessages.Pressure(task, pressure));
        if (pressure.State == PressureState.Pause)
        {
            _services.SocketMetrics.Paused(task is not null);
            _pressure.Wake(_lanes);
        }
    }

    private static IngestKind KindOf(string op) => op switch
    {
        "append" => IngestKind.Terminal,
        "end" => IngestKind.TerminalEnd,
        "resize" => IngestKind.TerminalResize,
        "lease" => IngestKind.Lease,
        "release" => IngestKind.LeaseRelease,
        _ => IngestKind.Events,
    };
}
