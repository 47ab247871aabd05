using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Protocol.WebSockets;

namespace Realtime.Loadtests.Viewers;

/// <summary>
/// One WebSocket over TLS, as cheap as it gets here: no allocation per message, no buffer while nothing arrives,
/// nothing read but frames.
/// </summary>
internal sealed class ViewerConnection : IAsyncDisposable
{
    private const int MessageBytesMax = 16 * 1024 * 1024;
    private const int NormalClosure = 1000;

    // "op" and its value, texts with their lengths as MessagePack writes them.
    private static readonly byte[] SubscribedOp = [0xa2, .. "op"u8, 0xaa, .. "subscribed"u8];
    private static readonly byte[] ErrorOp = [0xa2, .. "op"u8, 0xa5, .. "error"u8];

    private readonly SslStream _tls;
    private readonly PipeReader _input;
    private readonly WebSocketMessageReader _messages;
    private readonly SemaphoreSlim _sending = new(1);
    private ArrayBufferWriter<byte>? _frame;
    private volatile bool _stopping;

    private ViewerConnection(SslStream tls, int bufferBytes)
    {
        _tls = tls;
        _input = PipeReader.Create(
            tls, new StreamPipeReaderOptions(bufferSize: bufferBytes, minimumReadSize: 1, useZeroByteReads: true));
        _messages = new WebSocketMessageReader(
            _input, new WebSocketReaderOptions { MessageBytesMax = MessageBytesMax, PeerMasks = false });
    }

    /// <summary>Connects, shakes hands, and returns once the subscription of the query is made.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public static async Task<ViewerConnection> OpenAsync(
        Target target, ViewerOpening opening, CancellationToken stopping)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (opening.SocketBytes > 0)
        {
            socket.ReceiveBufferSize = opening.SocketBytes;
        }

        Uri edge = opening.Edge ?? target.Edge;
        SslStream? tls = null;
        ViewerConnection? connection = null;
        long begun = Stopwatch.GetTimestamp();
        try
        {
            await socket.ConnectAsync(edge.Host, opening.Port ?? edge.Port, stopping);
            tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(target.CreateTlsOptions(), stopping);
            begun = Done(opening.Steps?.Tls, begun);
            connection = new ViewerConnection(tls, opening.BufferBytes);
            await connection.UpgradeAsync(new UpgradeRequest(edge, opening), stopping);
            begun = Done(opening.Steps?.Upgrade, begun);
            if (!opening.SubscribesLater)
            {
                await connection.WaitForSubscriptionAsync(opening.OnOpening, stopping);
                Done(opening.Steps?.Subscribe, begun);
            }

            return connection;
        }
        catch (Exception failure)
        {
            await (connection?.DisposeAsync() ?? tls?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            if (failure is SocketException or IOException)
            {
                throw new ViewerException($"{edge} can't be reached: {failure.Message}", true, failure);
            }

            if (failure is AuthenticationException)
            {
                throw new ViewerException(
                    $"The certificate of {edge} is not trusted: {failure.Message} "
                    + $"Name the one to trust by --ca PATH or {TargetOptions.CertificateVariable}.", false, failure);
            }

            throw;
        }
    }

    /// <summary>
    /// The read loop, once it runs: null if it was <see cref="Stop"/> that ended it, else what happened.
    /// </summary>
    public Task<string?> Reading { get; private set; } = Task.FromResult<string?>(null);

    /// <summary>Reads until it ends; null if it was <see cref="Stop"/> that ended it, else what happened.</summary>
    /// <param name="handler">Takes each message.</param>
    /// <param name="then">Done after each message; what it sends is sent by the read loop.</param>
    public Task<string?> RunAsync(MessageHandler handler, Func<ValueTask>? then = null) =>
        Reading = ReadAsync(handler, then);

    private async Task<string?> ReadAsync(MessageHandler handler, Func<ValueTask>? then)
    {
        try
        {
            while (true)
            {
                WebSocketRead read = await _messages.ReadAsync(CancellationToken.None);
                switch (read.Kind)
                {
                    case WebSocketReadKind.Text or WebSocketReadKind.Binary:
                        handler(read.Payload.Span);
                        await (then?.Invoke() ?? ValueTask.CompletedTask);
                        break;
                    case WebSocketReadKind.Ping:
                        await SendAsync(WebSocketOpcode.Pong, read.Payload);
                        break;
                    case WebSocketReadKind.Close or WebSocketReadKind.Violation:
                        return $"{read.Kind} {read.CloseCode}: {read.Reason}";
                    case WebSocketReadKind.EndOfStream:
                        return "cut off";
                }
            }
        }
        catch (OperationCanceledException) when (_stopping)
        {
            return null;
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Sends a message of JSON.</summary>
    public ValueTask SendTextAsync(string message) =>
        SendAsync(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(message));

    /// <summary>Sends a message of JSON.</summary>
    public ValueTask SendTextAsync(ReadOnlyMemory<byte> message) => SendAsync(WebSocketOpcode.Text, message);

    /// <summary>Sends a message of MessagePack.</summary>
    public ValueTask SendBinaryAsync(ReadOnlyMemory<byte> message) => SendAsync(WebSocketOpcode.Binary, message);

    /// <summary>Lets the read loop end.</summary>
    public void Stop()
    {
        _stopping = true;
        _input.CancelPendingRead();
    }

    /// <summary>Says goodbye and closes; only once the read loop has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_stopping)
            {
                await SendAsync(WebSocketOpcode.Close, new byte[] { NormalClosure >> 8, NormalClosure & 0xff });
            }
        }
        catch (IOException)
        {
            // Closed already.
        }

        _messages.Dispose();
        await _tls.DisposeAsync();
        _sending.Dispose();
    }

    private static long Done(Step? step, long begun)
    {
        long now = Stopwatch.GetTimestamp();
        step?.Ok(begun, now);
        return now;
    }

    private async Task UpgradeAsync(UpgradeRequest request, CancellationToken stopping)
    {
        await _tls.WriteAsync(request.Bytes, stopping);
        UpgradeAnswer answer = await UpgradeAnswer.ReadAsync(_input, stopping);
        if (answer.Status != 101)
        {
            throw new ViewerException(
                $"The edge refused a viewer: {answer.Show()}", answer.Status is 429 or 502 or 503 or 504);
        }

        if (answer.Header("Sec-WebSocket-Accept") != request.ExpectedAccept)
        {
            throw new ViewerException("The answer to the handshake is not that of a WebSocket server.", false);
        }
    }

    private async Task WaitForSubscriptionAsync(MessageHandler? onOpening, CancellationToken stopping)
    {
        while (true)
        {
            WebSocketRead read = await _messages.ReadAsync(stopping);
            if (read.Kind is WebSocketReadKind.Text or WebSocketReadKind.Binary)
            {
                onOpening?.Invoke(read.Payload.Span);
            }

            switch (read.Kind)
            {
                case WebSocketReadKind.Text when read.Payload.Span.IndexOf("\"op\":\"subscribed\""u8) >= 0:
                case WebSocketReadKind.Binary when read.Payload.Span.IndexOf(SubscribedOp) >= 0:
                    return;
                case WebSocketReadKind.Text when read.Payload.Span.IndexOf("\"op\":\"error\""u8) >= 0:
                case WebSocketReadKind.Binary when read.Payload.Span.IndexOf(ErrorOp) >= 0:
                    throw new ViewerException(
                        $"The subscription was refused: {Encoding.UTF8.GetString(read.Payload.Span)}", false);
                case WebSocketReadKind.Ping:
                    await SendAsync(WebSocketOpcode.Pong, read.Payload);
                    break;
                case WebSocketReadKind.Close or WebSocketReadKind.Violation or WebSocketReadKind.EndOfStream:
                    throw new ViewerException(
                        "The connection ended before the subscription was made "
                        + $"({read.Kind} {read.CloseCode} {read.Reason}).", true);
            }
        }
    }

    // Masked, since the protocol asks for it; the key protects nothing on a connection of our own. The buffer comes
    // with the first message: who only watches events needs none.
    private async ValueTask SendAsync(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload)
    {
        await _sending.WaitAsync();
        try
        {
            _frame ??= new ArrayBufferWriter<byte>(
                WebSocketFrameWriter.HeaderBytesMax + WebSocketFrameWriter.ControlBytesMax);
            _frame.ResetWrittenCount();
            WebSocketFrameWriter.WriteMasked(_frame, opcode, payload.Span, (uint)Random.Shared.Next());
            await _tls.WriteAsync(_frame.WrittenMemory);
        }
        finally
        {
            _sending.Release();
        }
    }
}
