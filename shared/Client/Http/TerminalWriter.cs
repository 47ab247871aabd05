using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>Appends to terminals and ends them. The offset makes each request one that may be repeated.</summary>
internal sealed class TerminalWriter(
    EdgeHttp http, PressureGate pressure, ProducerIdentity? producer, RealtimeClientOptions options)
{
    /// <summary>Half of what a server takes by default.</summary>
    private const int BodyBytesMax = 512 * 1024;

    private const int AnswerBytesMax = 64 * 1024;

    // Claims the terminal; at the end of a query.
    private readonly string _claim = producer is null ? string.Empty : string.Create(
        CultureInfo.InvariantCulture, $"producer={producer.Id}&producer_epoch={producer.Epoch}");

    /// <summary>Appends; more than one request takes goes out in several.</summary>
    /// <exception cref="RealtimeException">Not all could be stored.</exception>
    public async Task<TerminalAppended> AppendAsync(
        string task, long offset, ReadOnlyMemory<byte> data, AppendTerminalOptions append,
        CancellationToken cancellationToken)
    {
        using var retrying = new Retrying(options, cancellationToken);
        var losses = new Losses { AfterLoss = append.AfterLoss, MayGoOn = append.GoOnAfterLoss };
        PublishAnswer? answer = null;
        bool isDuplicate = true;
        bool isStoredBefore = false;
        while (answer is null || !data.IsEmpty)
        {
            int length = Math.Min(data.Length, BodyBytesMax);
            (answer, bool isRepeated) = await AppendPieceAsync(
                task, offset, data[..length], append.Stream, losses, retrying);
            isDuplicate &= answer.IsDuplicate;
            isStoredBefore |= length > 0 && !isRepeated && (answer.IsDuplicate || answer.StoredBytes < length);
            offset += length;
            data = data[length..];
        }

        return new TerminalAppended(answer.End, answer.Epoch, isDuplicate, isStoredBefore);
    }

    /// <summary>Ends a terminal; the same again is harmless.</summary>
    /// <exception cref="RealtimeException">It could not be ended.</exception>
    public Task EndAsync(string task, int exitCode, CancellationToken cancellationToken) => PostAsync(
        AddressOf(task, "/end" + Query()), string.Create(CultureInfo.InvariantCulture, $"{{\"exit_code\":{exitCode}}}"),
        cancellationToken);

    /// <summary>Tells a terminal's size from its present end on; the same again is harmless.</summary>
    /// <exception cref="RealtimeException">It could not be told.</exception>
    public Task ResizeAsync(string task, int columns, int rows, CancellationToken cancellationToken) => PostAsync(
        AddressOf(task, "/resize" + Query()),
        string.Create(CultureInfo.InvariantCulture, $"{{\"cols\":{columns},\"rows\":{rows}}}"), cancellationToken);

    private async Task PostAsync(Uri address, string body, CancellationToken cancellationToken)
    {
        using var retrying = new Retrying(options, cancellationToken);
        RealtimeException? last = null;
        try
        {
            EdgeAnswer<bool> answer;
            do
            {
                answer = await http.AskAsync(
                    () => new HttpRequestMessage(HttpMethod.Post, address)
                    {
                        Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
                    },
                    static (_, _, _) => Task.FromResult(true),
                    retrying.Ended);
                last = answer.Error;
            }
            while (last is { Retry: true } && await retrying.WaitAsync(answer.RetryAfter));
        }
        catch (OperationCanceledException late) when (retrying.IsOverdue(late))
        {
            last = retrying.OverdueError(last);
        }

        if (last is not null)
        {
            throw last;
        }
    }

    private static Uri AddressOf(string task, string rest) =>
        new($"v1/tasks/{Uri.EscapeDataString(task)}/terminal{rest}", UriKind.Relative);

    // Repeated: an attempt before the one that was answered may have stored the bytes.
    private async Task<(PublishAnswer Answer, bool IsRepeated)> AppendPieceAsync(
        string task, long offset, ReadOnlyMemory<byte> data, TerminalStream stream, Losses losses, Retrying retrying)
    {
        RealtimeException? last = null;
        try
        {
            while (true)
            {
                EdgeAnswer<PublishAnswer> answer = await AskAsync(
                    task, () => RequestOf(task, offset, data, stream, losses.AfterLoss), retrying.Ended);
                if (answer.Value is { } told)
                {
                    losses.AfterLoss = null;
                    return (told, last is not null);
                }

                if (losses.GoesOn(answer.Problem))
                {
                    continue;
                }

                last = ErrorOf(answer);
                losses.MayHaveBegun = true;
                if (!last.Retry || !await retrying.WaitAsync(answer.RetryAfter))
                {
                    throw last;
                }
            }
        }
        catch (OperationCanceledException late) when (retrying.IsOverdue(late))
        {
            throw retrying.OverdueError(last);
        }
    }

    private async Task<EdgeAnswer<PublishAnswer>> AskAsync(
        string task, Func<HttpRequestMessage> request, CancellationToken ended)
    {
        using PressureGate.Pass pass = await pressure.PassAsync(task, ended);
        EdgeAnswer<PublishAnswer> answer = await http.AskAsync(request, ReadAsync, ended);
        pressure.Told(task, answer.Value?.Pressure);
        pressure.Told(task, answer.Error);
        return answer;
    }

    private static RealtimeException ErrorOf(EdgeAnswer<PublishAnswer> answer) =>
        answer.Problem is { Code: ErrorCodes.Hole, Expected: { } expected } hole
            ? new TerminalHoleException(
                hole.Detail ?? "Bytes are missing.", expected,
                Epoch.TryParse(hole.Epoch, out Epoch epoch) ? epoch : default)
            : answer.Error!;

    private string Query() => _claim.Length == 0 ? string.Empty : "?" + _claim;

    private HttpRequestMessage RequestOf(
        string task, long offset, ReadOnlyMemory<byte> data, TerminalStream stream, Epoch? afterLoss)
    {
        string query = string.Create(
            CultureInfo.InvariantCulture,
            $"?offset={offset}{(stream == TerminalStream.Stderr ? "&stream=stderr" : "")}");
        query += afterLoss is { } epoch ? $"&after_loss={epoch}" : string.Empty;
        query += _claim.Length == 0 ? string.Empty : "&" + _claim;
        return new HttpRequestMessage(HttpMethod.Post, AddressOf(task, query))
        {
            Content = new ReadOnlyMemoryContent(data)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            },
        };
    }

    private static async Task<PublishAnswer> ReadAsync(
        HttpResponseMessage answer, Action progress, CancellationToken cancellationToken) =>
        PublishAnswer.Read(
            await Body.ReadAsync(answer.Content, AnswerBytesMax, progress, cancellationToken)
            ?? throw new JsonException("too large"));

    /// <summary>What is known of bytes that the log has lost.</summary>
    private sealed class Losses
    {
        public Epoch? AfterLoss { get; set; }

        public bool MayGoOn { get; set; }

        /// <summary>Whether a request was answered by silence: the new life may have begun with it.</summary>
        public bool MayHaveBegun { get; set; }

        /// <summary>Whether to ask again at once, in another way.</summary>
        public bool GoesOn(Problem problem)
        {
            if (problem.Code == ErrorCodes.Hole && MayGoOn && Epoch.TryParse(problem.Epoch, out Epoch epoch))
            {
                (MayGoOn, AfterLoss) = (false, epoch);
                return true;
            }

            if (problem.Code == ErrorCodes.OtherEpoch && MayHaveBegun && AfterLoss is not null)
            {
                AfterLoss = null;
                return true;
            }

            return false;
        }
    }
}
