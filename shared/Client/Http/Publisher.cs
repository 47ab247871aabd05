using System.Globalization;
using System.Net.Http.Headers;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>
/// Publishes events, each with a key or a number, so that what was answered by silence can be sent again: only what is
/// not stored yet, in its order.
/// </summary>
internal sealed class Publisher(
    EdgeHttp http, PressureGate pressure, ProducerIdentity? producer, RealtimeClientOptions options)
{
    /// <summary>The server takes no more events in one request.</summary>
    private const int EventsMax = 1000;

    /// <summary>A little less than the 1 MiB that the server takes; one event alone may have more.</summary>
    private const int BodyBytesMax = 1_000_000;

    private const int AnswerBytesMax = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ProducerNumbers? _numbers = producer is null ? null : new ProducerNumbers(producer);

    /// <summary>Publishes; returns when all are stored.</summary>
    /// <exception cref="PublishException">Not all are.</exception>
    /// <exception cref="StaleProducerException">A later life of the producer is at work.</exception>
    public async Task<IReadOnlyList<PublishResult>> PublishAsync(
        IReadOnlyList<EventDraft> events, CancellationToken cancellationToken)
    {
        using var retrying = new Retrying(options, cancellationToken);
        return _numbers is { } numbers
            ? await PublishNumberedAsync(events, numbers, retrying)
            : Complete(await PublishAllAsync(
                [.. events.Select(static draft => PublishBody.Write(draft, isNumbered: false))], null, retrying));
    }

    private async Task<IReadOnlyList<PublishResult>> PublishNumberedAsync(
        IReadOnlyList<EventDraft> events, ProducerNumbers numbers, Retrying retrying)
    {
        if (events.Any(static draft => draft.Key is not null))
        {
            throw new ArgumentException(
                "An event with a number has no Key: the option Producer is set.", nameof(events));
        }

        byte[][] bodies = [.. events.Select(draft => PublishBody.Write(draft, true))];
        try
        {
            await numbers.Turn.WaitAsync(retrying.Ended);
        }
        catch (OperationCanceledException late) when (retrying.IsOverdue(late))
        {
            RealtimeException error = retrying.OverdueError(null);
            return Complete([.. events.Select(_ => new PublishResult(null, false, error))]);
        }

        try
        {
            if (numbers.Stale is null)
            {
                PublishResult?[] results = await PublishAllAsync(bodies, numbers.Begin(events, bodies), retrying);
                return numbers.Stale is null ? Complete(results) : throw StaleError(numbers.Stale, results);
            }

            throw StaleError(numbers.Stale, new PublishResult?[events.Count]);
        }
        finally
        {
            numbers.End();
            numbers.Turn.Release();
        }
    }

    private static StaleProducerException StaleError(StaleProducerException stale, PublishResult?[] results) =>
        new(stale.Detail, stale) { Results = WithUnsent(results) };

    private async Task<PublishResult?[]> PublishAllAsync(byte[][] bodies, NumberedCall? call, Retrying retrying)
    {
        var results = new PublishResult?[bodies.Length];
        int overhead = call is null ? 1 : 1 + PublishBody.NumberBytesMax;
        for (int from = 0; from < bodies.Length;)
        {
            int to = EndOfBatch(bodies, from, overhead);
            if (!await PublishBatchAsync(bodies, call, results, [.. Enumerable.Range(from, to - from)], retrying))
            {
                break;
            }

            from = to;
        }

        return results;
    }

    private static PublishResult[] Complete(PublishResult?[] results)
    {
        PublishResult[] complete = WithUnsent(results);
        return CauseOf(complete) is { } cause ? throw new PublishException(cause, complete) : complete;
    }

    private static PublishResult[] WithUnsent(PublishResult?[] results) =>
        [.. results.Select(static result => result ?? new PublishResult(
            null, false, new RealtimeException(
                ErrorCodes.AfterRefused, "Not sent: an event before it could not be stored.", retry: true)))];

    // What was refused for good comes first: the rest may be its consequence.
    private static RealtimeException? CauseOf(PublishResult[] results) =>
        Array.Find(results, IsRefused)?.Error ?? Array.Find(results, static result => result.Error is not null)?.Error;

    private static bool IsRefused(PublishResult? result) => result?.Error is { Retry: false };

    private static int EndOfBatch(byte[][] bodies, int from, int overhead)
    {
        int to = from;
        for (int bytes = 1; to < bodies.Length && to - from < EventsMax; to++)
        {
            bytes += bodies[to].Length + overhead;
            if (bytes > BodyBytesMax && to > from)
            {
                break;
            }
        }

        return to;
    }

    // False: what follows is not to be sent.
    private async Task<bool> PublishBatchAsync(
        byte[][] bodies, NumberedCall? call, PublishResult?[] results, List<int> pending, Retrying retrying)
    {
        RealtimeException? last = null;
        try
        {
            while (true)
            {
                EdgeAnswer<PublishAnswer> answer = await AskAsync(bodies, call, pending, retrying.Ended);
                TimeSpan wait = answer.RetryAfter;
                if (answer.Value is { } told && told.Results.Count == pending.Count)
                {
                    last = Take(told.Results, call, results, pending);
                    wait = told.Results.Select(static result => result.RetryAfter).Append(wait).Max();

                    // What was refused for good has to be mended before what follows it may be stored.
                    bool isRefused = Array.Exists(results, IsRefused);
                    if (isRefused || pending.Count == 0)
                    {
                        return !isRefused;
                    }
                }
                else
                {
                    last = Moved(answer.Error ?? new RealtimeException(
                        ClientErrorCodes.Protocol, "The answer does not have a result for each event.", true), pending);
                    Fail(results, pending, last);
                    if (!last.Retry)
                    {
                        call?.Refused(last);
                        return false;
                    }
                }

                if (!await retrying.WaitAsync(wait))
                {
                    return false;
                }
            }
        }
        catch (OperationCanceledException late) when (retrying.IsOverdue(late))
        {
            Fail(results, pending, retrying.OverdueError(last));
            return false;
        }
    }

    private async Task<EdgeAnswer<PublishAnswer>> AskAsync(
        byte[][] bodies, NumberedCall? call, List<int> pending, CancellationToken ended)
    {
        using PressureGate.Pass pass = await pressure.PassAsync(PressureGate.Events, ended);
        byte[] body = PublishBody.Join(call is null ? pending.Select(i => bodies[i]) : call.Number(pending));
        EdgeAnswer<PublishAnswer> answer = await http.AskAsync(() => RequestOf(body), ReadAsync, ended);
        pressure.Told(PressureGate.Events, answer.Value?.Pressure);
        pressure.Told(PressureGate.Events, answer.Error);

        // All were refused: each for a reason of its own, which decides what becomes of its number.
        return call is not null && answer.Problem.Results is { } results && results.Count == pending.Count
            ? answer with { Value = new PublishAnswer { Results = results }, Error = null }
            : answer;
    }

    // Leaves in `pending` what is to be sent again; returns the last error.
    private static RealtimeException? Take(
        List<PublishResult> told, NumberedCall? call, PublishResult?[] results, List<int> pending)
    {
        RealtimeException? last = null;
        int[] sent = [.. pending];
        pending.Clear();
        for (int i = 0; i < sent.Length; i++)
        {
            PublishResult result = call?.Take(sent[i], told[i]) ?? told[i];
            results[sent[i]] = result;
            last = result.Error ?? last;
            if (result.Error is { Retry: true })
            {
                pending.Add(sent[i]);
            }
        }

        return last;
    }

    private static void Fail(PublishResult?[] results, List<int> pending, RealtimeException error)
    {
        foreach (int i in pending)
        {
            results[i] = new PublishResult(null, false, error);
        }
    }

    // Places name the event's number in its request; the application knows its number in the call.
    private static RealtimeException Moved(RealtimeException error, List<int> pending) => error.Errors.Count == 0
        ? error
        : new RealtimeException(error.Code, error.Detail, error.Retry, error)
        {
            Errors = [.. error.Errors.Select(place => place with { Where = Moved(place.Where, pending) })],
        };

    private static string Moved(string where, List<int> pending)
    {
        string[] parts = where.Split('/', 3);
        return parts.Length >= 2 && parts[0].Length == 0
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number < pending.Count
            ? string.Create(CultureInfo.InvariantCulture, $"/{pending[number]}{where[(parts[1].Length + 1)..]}")
            : where;
    }

    private static HttpRequestMessage RequestOf(byte[] body) =>
        new(HttpMethod.Post, new Uri("v1/events", UriKind.Relative))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = Json } },
        };

    private static async Task<PublishAnswer> ReadAsync(
        HttpResponseMessage answer, Action progress, CancellationToken cancellationToken) =>
        await Body.ReadAsync(answer.Content, AnswerBytesMax, progress, cancellationToken) is { } body
            ? PublishAnswer.Read(body)
            : new PublishAnswer();
}
