using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Realtime.Client.Connections;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>
/// Requests to the edge, with the token; one that is refused is replaced once. An answer must begin, and go on, within
/// <see cref="RealtimeClientOptions.ConnectTimeout"/>.
/// </summary>
internal sealed class EdgeHttp(
    HttpMessageInvoker http, TokenSource tokens, RealtimeClientOptions options, CancellationToken closed)
{
    /// <summary>Reads an answer; gets what is to be called with each piece of it.</summary>
    public delegate Task<T> Reader<T>(HttpResponseMessage answer, Action progress, CancellationToken cancellationToken);

    /// <summary>Asks, and reads what a 2xx brings.</summary>
    /// <param name="make">Makes the request, to an address relative to the edge; called once for each token.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <param name="patienceMax">The time it may take, if that is less than the client's.</param>
    public async Task<EdgeAnswer<T>> AskAsync<T>(
        Func<HttpRequestMessage> make, Reader<T> read, CancellationToken cancellationToken,
        TimeSpan? patienceMax = null)
    {
        TimeSpan bound = patienceMax is { } max && max < options.ConnectTimeout ? max : options.ConnectTimeout;
        using var patience = new CancellationTokenSource(bound, options.TimeProvider);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token, closed);
        try
        {
            closed.ThrowIfCancellationRequested();
            return await AskAsync(make, read, () => patience.CancelAfter(bound), ended.Token);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return Failed<T>(ClosedError());
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            return Failed<T>(new RealtimeException(
                ClientErrorCodes.Timeout, $"No answer within {bound}.", retry: true, late));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            // The last one escapes the handler as it is when a connection is reset in the moment it is made.
            return Failed<T>(NetworkError.Of(failure));
        }
        catch (JsonException failure)
        {
            return Failed<T>(new RealtimeException(
                ClientErrorCodes.Protocol, $"The answer is not what it should be: {failure.Message}", true, failure));
        }
        catch (RealtimeException failure)
        {
            return Failed<T>(failure);
        }
    }

    /// <summary>The error of a client that the application closed.</summary>
    public static RealtimeException ClosedError() =>
        new(ClientErrorCodes.Closed, "The client was closed by the application.", retry: false);

    private static EdgeAnswer<T> Failed<T>(RealtimeException error) => new(default, error, TimeSpan.Zero, default);

    private async Task<EdgeAnswer<T>> AskAsync<T>(
        Func<HttpRequestMessage> make, Reader<T> read, Action progress, CancellationToken ended)
    {
        string token = await tokens.GetAsync(ended);
        HttpResponseMessage answer = await SendAsync(make, token, ended);
        try
        {
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                string fresh = await tokens.RenewAsync(token, ended);
                if (fresh != token)
                {
                    answer.Dispose();
                    answer = await SendAsync(make, fresh, ended);
                }
            }

            progress();
            if (answer.IsSuccessStatusCode)
            {
                return new EdgeAnswer<T>(await read(answer, progress, ended), null, TimeSpan.Zero, default);
            }

            Problem problem = await Problem.ReadAsync(answer, ended);
            return new EdgeAnswer<T>(
                default, ErrorOf(answer.StatusCode, problem),
                RetryAfter.Of(answer.Headers.RetryAfter, options.TimeProvider), problem);
        }
        finally
        {
            answer.Dispose();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, string token, CancellationToken ended)
    {
        using HttpRequestMessage request = make();
        request.RequestUri = new Uri(options.Url, request.RequestUri!);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, ended);
    }

    private static RealtimeException ErrorOf(HttpStatusCode status, Problem problem)
    {
        bool isPassing = status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or >= HttpStatusCode.InternalServerError;
        if (problem is { Code: ErrorCodes.StaleProducer, Detail: { } stale })
        {
            return new StaleProducerException(stale);
        }

        if (problem is { Code: ErrorCodes.Leased, Detail: { } leased })
        {
            return new LeasedException(leased)
            {
                ExpiresAt = problem.ExpiresAtMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            };
        }

        return new RealtimeException(
            problem.Code
                ?? (status == HttpStatusCode.Unauthorized ? ErrorCodes.Unauthorized : ClientErrorCodes.Network),
            problem.Detail ?? string.Create(CultureInfo.InvariantCulture, $"The edge answered {(int)status}."),
            problem.Retry ?? isPassing)
        {
            Errors = problem.Errors ?? [],
        };
    }
}
