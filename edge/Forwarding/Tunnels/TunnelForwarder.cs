using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// Asks a worker for a tunnel and copies through it: the last step for WebSockets, in the place of the proxy's, whose
/// client of HTTP costs an open connection more memory and each message more work than both sockets together.
/// </summary>
internal sealed class TunnelForwarder(WorkerConnect connect, WorkerStamps stamps)
{
    // RFC 9110, 7.6.1: between edge and worker alone. The length is that of what is sent on.
    private static readonly string[] OfConnections =
    [
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.ProxyAuthenticate,
        HeaderNames.ProxyAuthorization, HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding,
        HeaderNames.Upgrade, HeaderNames.ContentLength,
    ];

    /// <summary>Done when the tunnel is over, or the answer on its way.</summary>
    public async Task<AttemptOutcome> ForwardAsync(HttpContext context, Worker worker, Attempt attempt)
    {
        Stream stream;
        try
        {
            stream = await connect.ConnectAsync(worker.Uri, attempt.Ended);
        }
        catch (OperationCanceledException)
        {
            return Interrupted(attempt);
        }
        catch (Exception error) when (error
            is SocketException or TimeoutException or IOException or AuthenticationException)
        {
            return attempt.Ended.IsCancellationRequested ? Interrupted(attempt) : AttemptOutcome.Unreachable;
        }

        await using (stream)
        {
            try
            {
                return await AskAsync(context, worker, attempt, stream);
            }
            catch (Exception error) when (!context.Response.HasStarted
                && error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                return Interrupted(attempt);
            }
        }
    }

    private static AttemptOutcome Interrupted(Attempt attempt) =>
        attempt.IsClientGone ? AttemptOutcome.ClientGone
        : attempt.IsLate ? AttemptOutcome.NotAnswered
        : AttemptOutcome.BrokenOff;

    private async Task<AttemptOutcome> AskAsync(HttpContext context, Worker worker, Attempt attempt, Stream stream)
    {
        StringValues key = ClientSide.KeyOf(context);
        await SendAsync(context, worker, key, stream, attempt.Ended);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(AnswerHead.BytesMax);
        byte[] rest;
        AnswerHead? answer;
        try
        {
            (int end, int read) = await ReadHeadAsync(stream, buffer, attempt.Ended);
            // The switching of protocols is the only interim answer that is asked for.
            if (end < 0 || !AnswerHead.TryParse(buffer.AsSpan(0, end), out answer)
                || (answer.Status < 300 && !(answer.Status == 101 && ClientSide.IsOpenedBy(answer, key))))
            {
                return Interrupted(attempt);
            }

            rest = buffer.AsSpan(end, read - end).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (answer.Status != 101)
        {
            return await AnswerAsync(context, answer, rest, stream, attempt);
        }

        attempt.Answered();
        ClientSide client = await ClientSide.OpenAsync(context, answer);
        attempt.Opened();
        await new Tunnel(client, stream, attempt).RunAsync(rest);
        return AttemptOutcome.Answered;
    }

    private async Task SendAsync(
        HttpContext context, Worker worker, StringValues key, Stream stream, CancellationToken ended)
    {
        var request = new ArrayBufferWriter<byte>(2048);
        UpgradeRequest.Write(request, context.Request, worker.Uri.Authority, key, stamps.Sign(context, worker));
        await stream.WriteAsync(request.WrittenMemory, ended);
    }

    /// <summary>Where the head ends, or -1 if it does not, or is too long; and how much was read.</summary>
    private static async ValueTask<(int End, int Read)> ReadHeadAsync(
        Stream stream, byte[] buffer, CancellationToken ended)
    {
        int read = 0;
        while (read < AnswerHead.BytesMax)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(read, AnswerHead.BytesMax - read), ended);
            read += count;
            int end = AnswerHead.EndOf(buffer.AsSpan(0, read));
            if (end >= 0 || count == 0)
            {
                return (end, read);
            }
        }

        return (-1, read);
    }

    private static async Task<AttemptOutcome> AnswerAsync(
        HttpContext context, AnswerHead answer, byte[] first, Stream stream, Attempt attempt)
    {
        if (WorkerRefusal.Of(answer) is { } refusal)
        {
            attempt.Answered();
            context.Features.Set(refusal);
            return AttemptOutcome.Refused;
        }

        if (await ReadBodyAsync(answer, first, stream, attempt.Ended) is not { } body)
        {
            return Interrupted(attempt);
        }

        attempt.Answered();
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        string[] named = [.. answer.Headers.Where(one => Is(one.Key, HeaderNames.Connection))
            .SelectMany(one => one.Value.Split(',', StringSplitOptions.TrimEntries)), .. OfConnections];
        foreach ((string name, string value) in answer.Headers)
        {
            if (!named.Any(one => Is(one, name)))
            {
                response.Headers.Append(name, value);
            }
        }

        response.ContentLength = answer.Status == StatusCodes.Status304NotModified ? null : body.Length;
        await response.Body.WriteAsync(body, attempt.Ended);
        return AttemptOutcome.Answered;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static async Task<byte[]?> ReadBodyAsync(
        AnswerHead answer, byte[] first, Stream stream, CancellationToken ended)
    {
        byte[] sent = ArrayPool<byte>.Shared.Rent(AnswerBody.SentBytesMax + 1);
        try
        {
            first.CopyTo(sent, 0);
            int read = first.Length;
            bool isEnded = false;
            while (true)
            {
                OperationStatus status = AnswerBody.TryRead(answer, sent.AsSpan(0, read), isEnded, out byte[] body);
                if (status != OperationStatus.NeedMoreData)
                {
                    return status == OperationStatus.Done ? body : null;
                }

                int count = await stream.ReadAsync(sent.AsMemory(read, AnswerBody.SentBytesMax + 1 - read), ended);
                isEnded = count == 0;
                read += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sent);
        }
    }
}
