using System.Globalization;
using System.Net.Http.Headers;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>
/// Publishes events, each with a key, so that what was answered by silence can be sent again: only what is not stored
/// yet, in its order.
/// </summary>
internal sealed class Publisher(EdgeHttp http, PressureGate pressure, RealtimeClientOptions options)
{
    /// <summary>The server takes no more events in one request.</summary>
    private const int EventsMax = 1000;

    /// <summary>A little less than the 1 MiB that the server takes; one event alone may have more.</summary>
    private const int BodyBytesMax = 1_000_000;

    private const int AnswerBytesMax = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>Publishes; returns when all are stored.</summary>
    /// <exception cref="PublishException">Not all are.</exception>
    public async Task<IReadOnlyList<PublishResult>> PublishAsync(
        IReadOnlyList<EventDraft> events, CancellationToken cancellationToken)
    {
        byte[][] bodies = [.. events.Select(PublishBody.Write)];
        var results = new PublishResult?[events.Count];
        using var retrying = new Retrying(options, cancellationToken);
        for (int from = 0; from < bodies.Length;)
        {
            int to = EndOfBatch(bodies, from);
            if (!await PublishBatchAsync(bodies, results, [.. Enumerable.Range(from, to - from)], retrying))
            {
                break;
            }

            from = to;
        }

        PublishResult[] complete = [.. results.Select(static result => result ?? new PublishResult(
            null, false, new RealtimeException(
                ErrorCodes.AfterRefused, "Not sent: an event before it could not be stored.", retry: true)))];
        return CauseOf(complete) is { } cause ? throw new PublishException(cause, complete) : complete;
    }

    // What was refused for good comes first: the rest may be its consequence.
    private static RealtimeException? CauseOf(PublishResult[] results) =>
        Array.Find(results, IsRefused)?.Error ?? Array.Find(results, static result => !result.IsStored)?.Error;

    private static bool IsRefused(PublishResult? result) => result?.Error is { Retry: false };

    private static int EndOfBatch(byte[][] bodies, int from)
    {
        int to = from;
        for (int bytes = 1; to < bodies.Length && to - from < EventsMax; to++)
        {
            bytes += bodies[to].Length + 1;
            if (bytes > BodyBytesMax && to > from)
            {
                break;
            }
        }

        return to;
    }

    // False: what follows is not to be sent.
    private async Task<bool> PublishBatchAsync(
        byte[][] bodies, PublishResult?[] results, List<int> pending, Retrying retrying)
    {
        RealtimeException? last = null;
        try
        {
            while (true)
            {
                EdgeAnswer<PublishAnswer> answer = await AskAsync(
                    PublishBody.Join(pending.Select(i => bodies[i])), retrying.Ended);
                if (answer.Value is { } told && told.Results.Count == pending.Count)
                {
                    last = Take(told.Results, results, pending);

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
                        return false;
                    }
                }

                if (!await retrying.WaitAsync(answer.RetryAfter))
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

    private async Task<EdgeAnswer<PublishAnswer>> AskAsync(byte[] body, CancellationToken ended)
    {
        using PressureGate.Pass pass = await pressure.PassAsync(PressureGate.Events, ended);
        EdgeAnswer<PublishAnswer> answer = await http.AskAsync(() => RequestOf(body), ReadAsync, ended);
        pressure.Told(PressureGate.Events, answer.Value?.Pressure);
        pressure.Told(PressureGate.Events, answer.Error);
        return answer;
    }

    // Leaves in `pending` what is to be sent again; returns the last error.
    private static RealtimeException? Take(List<PublishResult> told, PublishResult?[] results, List<int> pending)
    {
        RealtimeException? last = null;
        int[] sent = [.. pending];
        pending.Clear();
        for (int i = 0; i < sent.Length; i++)
        {
            results[sent[i]] = told[i];
            last = told[i].Error ?? last;
            if (told[i].Error is { Retry: true })
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
