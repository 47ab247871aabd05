using System.Globalization;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Log.Budgets;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Budgets;

namespace Realtime.Workers.Ingest;

/// <summary>Takes in what belongs to one terminal: bytes, its size, its end.</summary>
internal sealed class TerminalIngest(
    IPartitionedLog log, RateBudgets budgets, Refusals refusals, IngestMetrics metrics)
{
    /// <summary>Why the identity may not write the task's terminal; null if it may.</summary>
    public static IngestAnswer.Refused? CheckGrants(Identity identity, string task) =>
        identity.Grants.MayPublishTerminal(task)
            ? null
            : Refusals.Forbidden("The token does not allow to write this task's terminal.");

    /// <summary>Appends bytes as one; with an offset a retry is harmless.</summary>
    public async Task<IngestAnswer> AppendAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken requestAborted)
    {
        metrics.TerminalBytesIn(append.Data.Length);
        IngestAnswer answer;
        int storedBytes = 0;
        try
        {
            TimeSpan wait = await budgets.TakeAsync(
                terminal.Tenant, messages: 1, new BudgetUse(0, append.Data.Length), requestAborted);
            if (wait > TimeSpan.Zero)
            {
                answer = Refusals.Limited(
                    "More was sent in a second than is allowed; nothing was stored. Send it again later.", wait);
            }
            else
            {
                TerminalAppendResult result = await log.AppendTerminalAsync(terminal, append, requestAborted);
                storedBytes = result.StoredBytes;
                answer = AnswerOf(append, result);
            }
        }
        catch (LogUnavailableException unavailable)
        {
            answer = refusals.LogUnavailable(LogTrouble.DetailOfWrite(unavailable.Reason));
        }

        if (answer is IngestAnswer.Refused { Code: var reason })
        {
            metrics.TerminalBytesRefused(append.Data.Length, reason);
        }
        else
        {
            metrics.TerminalBytesStored(storedBytes, append.Data.Length - storedBytes);
        }

        return answer;
    }

    /// <summary>Ends it. The first exit code stays; the same one again is harmless.</summary>
    public async Task<IngestAnswer> EndAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken requestAborted)
    {
        TerminalEndResult result;
        try
        {
            result = await log.EndTerminalAsync(terminal, exitCode, claim, requestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            return refusals.LogUnavailable(LogTrouble.DetailOfWrite(unavailable.Reason));
        }

        if (result.Status is TerminalEndStatus.StaleProducer or TerminalEndStatus.Claimed)
        {
            return RefuseClaim(result.Status == TerminalEndStatus.StaleProducer);
        }

        if (result.ExitCode == exitCode)
        {
            return new IngestAnswer.Done(StatusCodes.Status200OK, json => WriteEnded(json, result));
        }

        string detail = string.Create(
            CultureInfo.InvariantCulture, $"The terminal has ended before, with exit code {result.ExitCode}.");
        return Refusals.Conflict(ErrorCodes.Ended, detail, json => WriteEnded(json, result));
    }

    /// <summary>From its end on it has this size; the same again is harmless.</summary>
    public async Task<IngestAnswer> ResizeAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken requestAborted)
    {
        TerminalResizeResult result;
        try
        {
            result = await log.ResizeTerminalAsync(terminal, size, claim, requestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            return refusals.LogUnavailable(LogTrouble.DetailOfWrite(unavailable.Reason));
        }

        if (result.Status is TerminalResizeStatus.StaleProducer or TerminalResizeStatus.Claimed)
        {
            return RefuseClaim(result.Status == TerminalResizeStatus.StaleProducer);
        }

        return result.Status == TerminalResizeStatus.Ended
            ? Refusals.Conflict(
                ErrorCodes.Ended, "The terminal has ended; its size stays what it was.",
                json => WriteResized(json, result))
            : new IngestAnswer.Done(StatusCodes.Status200OK, json => WriteResized(json, result));
    }

    private IngestAnswer AnswerOf(TerminalAppend append, TerminalAppendResult result)
    {
        if (result.Status == TerminalAppendStatus.Ended
            && append is { Offset: { } offset, AfterLoss: null }
            && offset <= result.End - append.Data.Length)
        {
            // All of it was there before the end: an answer that was lost, together with that of the end behind it.
            result = result with { Status = TerminalAppendStatus.Duplicate };
        }

        return result.Status switch
        {
            TerminalAppendStatus.Stored or TerminalAppendStatus.Duplicate => new IngestAnswer.Done(
                StatusCodes.Status202Accepted, json => WriteAppended(json, result))
            {
                Pressure = result.Pressure,
            },
            TerminalAppendStatus.Pressure => refusals.Pressure(
                "Its slowest live reader is too far behind; nothing was stored. Send it again later.", result.Pressure),
            TerminalAppendStatus.Hole => Conflict(ErrorCodes.Hole, string.Create(
                CultureInfo.InvariantCulture,
                $"The terminal ends at {result.End}; bytes between there and the given offset are missing."), result),
            TerminalAppendStatus.Ended => Conflict(
                ErrorCodes.Ended, "The terminal has ended; nothing can be appended.", result),
            TerminalAppendStatus.OtherEpoch => Conflict(
                ErrorCodes.OtherEpoch, "after_loss names another epoch than the terminal's.", result),
            TerminalAppendStatus.StaleProducer => RefuseClaim(isStale: true),
            TerminalAppendStatus.Claimed => RefuseClaim(isStale: false),
            TerminalAppendStatus.OffsetsUsedUp => Refusals.TooLarge(
                ErrorCodes.TooLarge,
                $"The terminal has {LogLimits.TerminalEndMax} bytes at most; nothing was stored. End it."),
            _ => throw new InvalidOperationException($"No such outcome of a terminal append: {result.Status}."),
        };
    }

    private static IngestAnswer.Refused RefuseClaim(bool isStale) => isStale
        ? Refusals.Conflict(
            ErrorCodes.StaleProducer, "A later life of this producer, with a higher epoch, writes the terminal: stop.")
        : Refusals.Conflict(
            ErrorCodes.Claimed, "Another producer holds a lease on this task, and writes its terminal.");

    private static IngestAnswer.Refused Conflict(string code, string detail, TerminalAppendResult result) =>
        Refusals.Conflict(code, detail, json =>
        {
            json.WriteNumber("expected"u8, result.End);
            json.WriteString("epoch"u8, result.Epoch.ToString());
        });

    private static void WriteAppended(Utf8JsonWriter json, TerminalAppendResult result)
    {
        json.WriteNumber("end"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
        json.WriteBoolean("duplicate"u8, result.Status == TerminalAppendStatus.Duplicate);
        json.WriteNumber("stored"u8, result.StoredBytes);
        PublishAnswer.WritePressure(json, result.Pressure);
    }

    private static void WriteEnded(Utf8JsonWriter json, TerminalEndResult result)
    {
        json.WriteNumber("exit_code"u8, result.ExitCode);
        json.WriteNumber("end"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
    }

    private static void WriteResized(Utf8JsonWriter json, TerminalResizeResult result)
    {
        json.WriteNumber("end"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
    }
}
