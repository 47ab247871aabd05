using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Sockets;

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

        bool isTaken = false;
        try
        {
            StringValues key = ClientSide.KeyOf(context);
            (AnswerHead? answer, byte[] rest) = await AskAsync(context, worker, key, stream, attempt.Ended);
            // The switching of protocols is the only interim answer that is asked for.
            if (answer is null
                || (answer.Status < 300 && !(answer.Status == 101 && ClientSide.IsOpenedBy(answer, key))))
            {
                return Interrupted(attempt);
            }

            if (answer.Status != 101)
            {
                return await AnswerAsync(context, answer, rest, stream, attempt);
            }

            attempt.Answered();
            ClientSide client = await ClientSide.OpenAsync(context, answer);
            attempt.Opened();
            var tunnel = new Tunnel(client, stream, attempt, rest);
            (answer, rest) = (null, []);
            isTaken = true;
            await GoOnAsync(tunnel, client.Connection);
            return AttemptOutcome.Answered;
        }
        catch (Exception error) when (!context.Response.HasStarted
            && error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return Interrupted(attempt);
        }
        finally
        {
            if (!isTaken)
            {
                await stream.DisposeAsync();
            }
        }
    }

    // With the connection, once the request is over; a stream of HTTP/2 is over with its request.
    private static Task GoOnAsync(Tunnel tunnel, TakenConnection? connection)
    {
        if (connection is null)
        {
            return tunnel.RunAsync();
        }

        connection.TakeAfter(tunnel.RunAsync);
        return Task.CompletedTask;
    }

    private static AttemptOutcome Interrupted(Attempt attempt) =>
        attempt.IsClientGone ? AttemptOutcome.ClientGone
        : attempt.IsLate ? AttemptOutcome.NotAnswered
        : AttemptOutcome.BrokenOff;

    /// <summary>The head of its answer, null if it is none; and what came behind it.</summary>
    private async Task<(AnswerHead? Answer, byte[] Behind)> AskAsync(
        HttpContext context, Worker worker, StringValues key, Stream stream, CancellationToken ended)
    {
        await SendAsync(context, worker, key, stream, ended);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(AnswerHead.BytesMax);
        try
        {
            (int end, int read) = await ReadHeadAsync(stream, buffer, ended);
            return end >= 0 && AnswerHead.TryParse(buffer.AsSpan(0, end), out AnswerHead? answer)
                ? (answer, buffer.AsSpan(end, read - end).ToArray())
                : (null, []);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SendAsync(
        HttpContext context, Worker worker, StringValues key, Stream stream, CancellationToken ended)
    {
        var request = new ArrayBufferWriter<byte>(2048);
        UpgradeRequest.Write(request, context.Request, worker.Uri.Authority, key, stamps.Sign(context, worker));
        await stream.WriteAsync(request.WrittenMemory, ended);
        // A socket keeps what it was last given to send, and a quiet viewer has nothing more to say: 2 KiB for each.
        await stream.WriteAsync(ReadOnlyMemory<byte>.Empty, ended);
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
