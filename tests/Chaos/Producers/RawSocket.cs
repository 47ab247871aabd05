using System.Net.WebSockets;
using System.Text.Json;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>
/// A producer's socket by PROTOCOL.md section 10 alone: several requests in flight; what was refused for now goes again
/// under its own number with all that came behind it, and so does what has no answer when the socket breaks.
/// </summary>
internal sealed class RawSocket(ChaosSystem system, string token, string name, Ledger ledger, Random random)
    : IDisposable
{
    // Without an answer for so long the connection is given up: a part of it hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(150);

    private TestConnection? _connection;
    private bool _isPaused;

    /// <summary>Sends requests in their order; returns when all have good answers.</summary>
    public async Task SendAsync(IReadOnlyList<RawRequest> requests, CancellationToken stopping)
    {
        List<RawRequest> pending = [.. requests];
        while (pending.Count > 0)
        {
            stopping.ThrowIfCancellationRequested();
            if (!await TrySendAsync(pending, stopping))
            {
                Dispose();
            }

            if (pending.Count > 0)
            {
                await Pauses.ForAsync(RetryDelay * (1 + random.NextDouble()), stopping);
            }
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    // False if the connection is of no use any more.
    private async Task<bool> TrySendAsync(List<RawRequest> pending, CancellationToken stopping)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        late.CancelAfter(Patience);
        try
        {
            TestConnection connection = await ConnectAsync(late.Token);
            while (_isPaused)
            {
                late.CancelAfter(Patience);
                if (await ReceiveAsync(connection, [], late.Token) is null)
                {
                    return false;
                }
            }

            List<RawRequest> inFlight = [.. pending];
            foreach (RawRequest request in inFlight)
            {
                await connection.SendAsync(request.Message, late.Token);
            }

            while (inFlight.Count > 0)
            {
                late.CancelAfter(Patience);
                RawRequest? done = null;
                if (await ReceiveAsync(connection, inFlight, late.Token, good => done = good) is not { } isGood)
                {
                    return false;
                }

                if (isGood && done is not null)
                {
                    pending.Remove(done);
                }
            }

            return true;
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException
            or InvalidOperationException or HttpRequestException
            || (failure is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<TestConnection> ConnectAsync(CancellationToken late)
    {
        if (_connection is null)
        {
            _isPaused = false;
            _connection = new TestConnection(system.Certificate, token);
            var address = new UriBuilder(system.Address) { Scheme = "wss", Path = "/v1/publish" };
            await _connection.ConnectAsync(address.Uri, late);
        }

        return _connection;
    }

    // One message. Null if there is none any more.
    private async Task<bool?> ReceiveAsync(
        TestConnection connection, List<RawRequest> inFlight, CancellationToken late, Action<RawRequest>? good = null)
    {
        using JsonDocument? document = await connection.ReceiveAsync(late);
        if (document is null)
        {
            return null;
        }

        JsonElement message = document.RootElement;
        string op = message.GetProperty("op").GetString()!;
        _isPaused = op switch { "pause" => true, "resume" => false, _ => _isPaused };
        if (op == "ping")
        {
            await connection.SendAsync("""{"op":"pong"}""", late);
        }

        if (!message.TryGetProperty("seq", out JsonElement seq)
            || inFlight.Find(one => one.Seq == seq.GetInt64()) is not { } request)
        {
            return false;
        }

        inFlight.Remove(request);
        if (op == "error")
        {
            string code = message.GetProperty("code").GetString()!;
            if (!message.GetProperty("retry").GetBoolean())
            {
                ledger.Violated($"{name} was refused for good: {message.GetRawText()}");
                Assert.Fail($"{name}: {code}");
            }

            return false;
        }

        if (!request.Take(message))
        {
            return false;
        }

        good?.Invoke(request);
        return true;
    }
}
