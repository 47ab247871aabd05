using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>What requests do. Lanes are entered before anything is waited for: that is what keeps the order.</summary>
internal sealed partial class ProducerConnection
{
    private async Task RunAsync(ProducerMessage.Request request, ProducerFrame frame)
    {
        long started = _services.Clock.GetTimestamp();

        // By the token of when it came, however long it waits for its turn.
        Identity identity = Held.Current;
        try
        {
            switch (request)
            {
                case ProducerMessage.Publish publish:
                    Answer("published", publish, await _services.Events.PublishAsync(
                        identity, publish.Events, _isMessagePack, null, new RequestTurn(_lanes, publish.Seq), _closed));
                    break;
                case ProducerMessage.Append append:
                    await RunAsync(identity, "appended", append, append.Task, terminal =>
                        _services.Terminals.AppendAsync(
                            terminal,
                            new TerminalAppend
                            {
                                Data = append.Data,
                                Offset = append.Offset,
                                Source = append.IsStderr ? TerminalSource.Stderr : TerminalSource.Stdout,
                                AfterLoss = append.AfterLoss,
                                Claim = append.Claim,
                            },
                            _closed));
                    break;
                case ProducerMessage.End end:
                    await RunAsync(identity, "ended", end, end.Task, terminal =>
                        _services.Terminals.EndAsync(terminal, end.ExitCode, end.Claim, _closed));
                    break;
                case ProducerMessage.Resize resize:
                    await RunAsync(identity, "resized", resize, resize.Task, terminal =>
                        _services.Terminals.ResizeAsync(
                            terminal, new TerminalSize(resize.Columns, resize.Rows), resize.Claim, _closed));
                    break;
                case ProducerMessage.Lease lease:
                    await LeaseAsync(identity.Tenant, "leased", lease, lease.Wanted, () =>
                        _services.Leases.LeaseAsync(identity, lease.Wanted, _closed));
                    break;
                case ProducerMessage.Release release:
                    await LeaseAsync(identity.Tenant, "released", release, release.Held, () =>
                        _services.Leases.ReleaseAsync(identity, release.Held, _closed));
                    break;
            }
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // Nobody is left to be answered.
        }
        catch (Exception fault) when (IsOurs(fault))
        {
            Answer("error", request, Fail(request, fault));
        }
        finally
        {
            frame.Release();
            _services.Metrics.Answered(KindOf(request.Op), _services.Clock.GetElapsedTime(started));
        }
    }

    private async Task RunAsync(
        Identity identity, string doneOp, ProducerMessage.Request request, string task,
        Func<TerminalKey, Task<IngestAnswer>> executeAsync)
    {
        using LaneTurn? turn = new RequestTurn(_lanes, request.Seq).TryEnterTerminal(task);
        if (turn is null)
        {
            Answer(doneOp, request, RefuseTerminal(request.Seq));
            return;
        }

        if (!await turn.WaitAsync(_closed))
        {
            Answer(doneOp, request, RequestTurn.AfterRefused);
            return;
        }

        IngestAnswer answer;
        try
        {
            answer = (IngestAnswer?)TerminalIngest.CheckGrants(identity, task)
                ?? await executeAsync(new TerminalKey(identity.Tenant, task));
        }
        catch (Exception fault) when (IsOurs(fault))
        {
            // Met here, so that its lane is closed, and it is answered, before the next one has its turn.
            answer = Fail(request, fault);
        }

        if (answer is IngestAnswer.Refused { Code: var code } && IsMendable(code))
        {
            turn.Refuse();
        }

        if (answer.Pressure is { } pressure)
        {
            turn.Tell(pressure);
        }

        // Before the next one has its turn, so that answers of one terminal come in its order.
        Answer(doneOp, request, answer);
    }

    // What is behind it would otherwise be there without it: an end above all.
    private static bool IsMendable(string code) =>
        code is ErrorCodes.Pressure or ErrorCodes.RateLimited or ErrorCodes.LogUnavailable or ErrorCodes.Hole
            or ErrorCodes.OtherEpoch or ErrorCodes.Internal;

    private bool IsOurs(Exception fault) =>
        fault is not OutOfMemoryException && !(fault is OperationCanceledException && _closed.IsCancellationRequested);

    // As over HTTP: a fault of ours is told, and harms no other request.
    private IngestAnswer.Refused Fail(ProducerMessage.Request request, Exception fault)
    {
        Log.Failed(_services.Logger, fault, request.Op);
        return new IngestAnswer.Refused(
            StatusCodes.Status500InternalServerError, ErrorCodes.Internal, "Something went wrong here. It was logged.");
    }

    private IngestAnswer.Refused RefuseTerminal(long seq)
    {
        lock (_gate)
        {
            _refusedSeq = Math.Min(seq, _refusedSeq ?? seq);
        }

        return _services.Refusals.Limited(
            $"This connection has {_services.Options.TerminalsMax} terminals with requests under way, or "
            + "to be paused, which is the limit. Send it again when one of them was answered or may go on, or on "
            + "another connection.");
    }

    private void Answer(string doneOp, ProducerMessage.Request request, IngestAnswer answer)
    {
        if (answer is IngestAnswer.Refused refused)
        {
            Refuse(request.Op, request.Seq, refused, _sent);
        }
        else
        {
            Outbox.Post(ProducerMessages.Done(doneOp, request.Seq, (IngestAnswer.Done)answer, _sent));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request on a producer's socket failed: {Op}.")]
        public static partial void Failed(ILogger logger, Exception fault, string op);
    }
}
