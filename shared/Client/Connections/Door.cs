using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Realtime.Client.Http;
using Realtime.Client.Wire;

namespace Realtime.Client.Connections;

/// <summary>
/// Opens WebSockets to the edge. A handshake that it refuses is asked for once more by plain HTTP, since the answer to
/// a handshake tells its number only, and not the problem document.
/// </summary>
internal sealed class Door(RealtimeClientOptions options, HttpMessageInvoker http)
{
    private readonly Uri _endpoint = new(options.Url, "ws/agents");

    private readonly string _query = options.Heartbeat is { } heartbeat
        ? string.Create(CultureInfo.InvariantCulture, $"heartbeat={(long)heartbeat.TotalMilliseconds}ms")
        : string.Empty;

    /// <summary>Opens one.</summary>
    /// <returns>The socket, or how the attempt ended.</returns>
    public async Task<(
        WebSocket? Socket, ConnectionEnd? End)> OpenAsync(Credential shown, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            foreach (string subprotocol in Subprotocols.Offered(options.Format))
            {
                socket.Options.AddSubProtocol(subprotocol);
            }

            if (!shown.IsTicket)
            {
                socket.Options.AddSubProtocol("bearer." + shown.Text);
            }

            socket.Options.CollectHttpResponseDetails = true;

            // The protocol's own ping finds a dead peer.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            string scheme = _endpoint.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
            Uri endpoint = new UriBuilder(_endpoint) { Scheme = scheme, Query = QueryOf(shown) }.Uri;
            await socket.ConnectAsync(endpoint, http, cancellationToken);
            return (socket, null);
        }
        catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException
            && !cancellationToken.IsCancellationRequested)
        {
            using (socket)
            {
                return (null, await LookIntoAsync(socket, failure, shown, cancellationToken));
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string QueryOf(Credential shown) => !shown.IsTicket ? _query
        : _query.Length == 0 ? $"ticket={Uri.EscapeDataString(shown.Text)}"
        : $"{_query}&ticket={Uri.EscapeDataString(shown.Text)}";

    private async Task<ConnectionEnd> LookIntoAsync(
        ClientWebSocket socket, Exception failure, Credential shown, CancellationToken cancellationToken)
    {
        if (socket.HttpStatusCode is 0 or HttpStatusCode.SwitchingProtocols)
        {
            return ConnectionEnd.Failed(ConnectionReasons.Unreachable, NetworkError.Of(failure));
        }

        // A ticket is used up by the handshake: shown again, it would be refused for that.
        Problem problem = !shown.IsTicket && socket.HttpStatusCode
            is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            ? await AskAsync(shown.Text, cancellationToken)
            : default;
        return ConnectionEnd.OfRefusal(
            socket.HttpStatusCode, RetryAfterOf(socket.HttpResponseHeaders), problem.Code, problem.Detail);
    }

    private async Task<Problem> AskAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _endpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage answer = await http.SendAsync(request, cancellationToken);
            return await Problem.ReadAsync(answer, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            return default;
        }
    }

    private TimeSpan RetryAfterOf(IReadOnlyDictionary<string, IEnumerable<string>>? headers) =>
        headers is not null && headers.TryGetValue("Retry-After", out IEnumerable<string>? values)
            && RetryConditionHeaderValue.TryParse(values.FirstOrDefault(), out RetryConditionHeaderValue? value)
            ? RetryAfter.Of(value, options.TimeProvider)
            : TimeSpan.Zero;
}
