using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>
/// A viewer of one terminal by PROTOCOL.md alone that does at random what viewers do: pauses, stops reading its socket,
/// is cut off, leaves and comes back, and always goes on where it was, by offset and epoch.
/// </summary>
internal sealed class RoamingViewer(
    RealtimeSystem system, string token, string task, string subprotocol, bool lz4, PipedSource source,
    Progress progress, int seed)
{
    private const int ConnectsMax = 1000;
    private const string Id = "default";

    private readonly Random _random = new(seed);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, int> _done = [];
    private readonly Dictionary<string, int> _encodings = [];
    private string? _epoch;
    private long _offset;
    private long _acknowledged;
    private long _next;
    private int _ackBytes;
    private string _lastOp = string.Empty;
    private string _doing = string.Empty;

    /// <summary>What the terminal ended with, once told.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>What it did, how often, and what it was sent.</summary>
    public string Story =>
        $"{subprotocol}{(lz4 ? " lz4" : string.Empty)} seed {seed}: {_offset} bytes; "
        + string.Join(", ", _done.Concat(_encodings).OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"))
        + $"; last: {_lastOp}, {_doing}";

    /// <summary>How messages with bytes were encoded.</summary>
    public IReadOnlyCollection<string> Encodings => _encodings.Keys;

    /// <summary>Watches until the end was told; the SHA-256 of all bytes.</summary>
    public async Task<byte[]> RunAsync(CancellationToken stopping)
    {
        try
        {
            Plan();
            while (ExitCode is null)
            {
                Count("connections");
                Assert.True(_done["connections"] <= ConnectsMax, Story);
                await VisitAsync(stopping);
            }

            return _hash.GetHashAndReset();
        }
        finally
        {
            _hash.Dispose();
            progress.Finished();
        }
    }

    private async Task VisitAsync(CancellationToken stopping)
    {
        string from = _epoch is null ? "start" : $"{_offset}.{_epoch}";
        string query = $"?from={from}{(lz4 ? "&encoding=lz4" : string.Empty)}";
        using var connection = new TestConnection(system.Certificate, token, subprotocol);
        try
        {
            _doing = "connecting";
            await connection.ConnectAsync(
                new Uri(system.Socket(path: "/"), $"/ws/terminal/{task}{query}"), stopping);
            while (ExitCode is null && await ReadAsync(connection, stopping))
            {
                await AcknowledgeAsync(connection, stopping);
                if (_offset >= _next)
                {
                    await _random.GetItems(Whims, 1)[0](this, connection, stopping);
                    Plan();
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException
            or ObjectDisposedException or InvalidOperationException)
        {
            // Cut off: it comes back.
            Count("failures");
        }
    }

    private static readonly Func<RoamingViewer, TestConnection, CancellationToken, Task>[] Whims =
    [
        static (viewer, _, stopping) => viewer.StallAsync(stopping),
        static (viewer, connection, stopping) => viewer.PauseAsync(connection, stopping),
        static (viewer, connection, stopping) => viewer.CutAsync(connection, stopping),
        static (viewer, connection, stopping) => viewer.LeaveAsync(connection, stopping),
        static (viewer, connection, stopping) => viewer.ComeAgainAsync(connection, stopping),
    ];

    // When the next whim comes, and how far this viewer lets bytes pile up before it says that it has them.
    private void Plan()
    {
        _next = _offset + _random.Next(50_000, 3_000_000);
        _ackBytes = _random.Next(3) switch { 0 => 1, 1 => 4096, _ => 24 * 1024 };
    }

    private Task StallAsync(CancellationToken stopping)
    {
        Count("stalls");
        _doing = "stalling";
        return progress.StallAsync(_random.Next(100_000, 10_000_000)).WaitAsync(stopping);
    }

    private async Task PauseAsync(TestConnection connection, CancellationToken stopping)
    {
        Count("pauses");
        await connection.SendAsync($$"""{"op":"pause","id":"{{Id}}"}""", stopping);
        if (await ReadUntilAsync("paused", connection, stopping))
        {
            _doing = "pausing";
            await progress.StallAsync(_random.Next(100_000, 10_000_000)).WaitAsync(stopping);
            await connection.SendAsync($$"""{"op":"resume","id":"{{Id}}"}""", stopping);

            // Nothing comes to who is paused, so the next message about this terminal is that it goes on.
            long before = _offset;
            Assert.True(!await ReadUntilAsync("subscribed", connection, stopping) || _offset == before, Story);
        }
    }

    private Task CutAsync(TestConnection connection, CancellationToken stopping)
    {
        Count("cuts");
        connection.Cut();
        return _random.Next(2) == 0 ? StallAsync(stopping) : Task.CompletedTask;
    }

    private async Task LeaveAsync(TestConnection connection, CancellationToken stopping)
    {
        Count("goodbyes");
        _doing = "leaving";
        await connection.CloseAsync(stopping);
    }

    private async Task ComeAgainAsync(TestConnection connection, CancellationToken stopping)
    {
        Count("new subscriptions");
        await connection.SendAsync($$"""{"op":"unsubscribe","id":"{{Id}}"}""", stopping);
        if (await ReadUntilAsync("unsubscribed", connection, stopping))
        {
            await connection.SendAsync(
                $$"""{"op":"subscribe","id":"{{Id}}","terminal":"{{task}}","from":"{{_offset}}.{{_epoch}}"}""",
                stopping);
        }
    }

    // False if the connection or the terminal ended before.
    private async Task<bool> ReadUntilAsync(string op, TestConnection connection, CancellationToken stopping)
    {
        while (ExitCode is null && await ReadAsync(connection, stopping))
        {
            if (_lastOp == op)
            {
                return true;
            }

            // What was under way when it unsubscribed is still taken, and is of no subscription any more.
            if (op != "unsubscribed")
            {
                await AcknowledgeAsync(connection, stopping);
            }
        }

        return false;
    }

    private async Task AcknowledgeAsync(TestConnection connection, CancellationToken stopping)
    {
        if (_offset - _acknowledged >= _ackBytes)
        {
            _acknowledged = _offset;
            _doing = "acknowledging";
            await connection.SendAsync($$"""{"op":"ack","id":"{{Id}}","offset":{{_offset}}}""", stopping);
        }
    }

    private async Task<bool> ReadAsync(TestConnection connection, CancellationToken stopping)
    {
        _doing = "reading";
        if (await connection.ReceiveFrameAsync(stopping) is not { } frame)
        {
            Assert.True(
                connection.CloseCode is 1000 or 1006 || CloseCodes.ShouldReconnect(connection.CloseCode),
                $"Closed for good: {connection.CloseCode} {connection.CloseReason}. {Story}");
            return false;
        }

        TerminalFrames.Read(frame, connection.IsMessagePack, Take);
        return true;
    }

    private void Take(JsonElement message, byte[] data)
    {
        _lastOp = Conversation.Op(message);
        switch (_lastOp)
        {
            case "subscribed":
                Assert.Equal(_offset, message.GetProperty("offset").GetInt64());
                Assert.Equal(_epoch ??= Epoch(message), Epoch(message));
                _acknowledged = _offset;
                break;
            case "terminal":
                TakeBytes(message, data);
                break;
            case "gap" or "error":
                Assert.Fail($"{message}. {Story}");
                break;
        }
    }

    private void TakeBytes(JsonElement message, byte[] data)
    {
        Assert.Equal(_offset, message.GetProperty("offset").GetInt64());
        Assert.Equal(data.Length, message.GetProperty("length").GetInt32());
        Assert.Equal(_epoch, Epoch(message));
        if (data.Length > 0)
        {
            string encoding = message.GetProperty("encoding").GetString()!;
            _encodings[encoding] = _encodings.GetValueOrDefault(encoding) + 1;
            source.AssertHolds(_offset, data, Story);
            _hash.AppendData(data);
            _offset += data.Length;
            progress.Saw(data.Length, _offset);
        }

        if (message.TryGetProperty("end", out JsonElement end))
        {
            ExitCode = end.GetProperty("exit_code").GetInt32();
        }
    }

    private void Count(string what) => _done[what] = _done.GetValueOrDefault(what) + 1;

    private static string Epoch(JsonElement message) => message.GetProperty("epoch").GetString()!;
}
