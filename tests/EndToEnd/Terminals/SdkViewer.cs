using System.Security.Cryptography;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>A viewer by the C# SDK, over a network that breaks: it pauses, takes nothing for a while, and leaves for
/// good.</summary>
internal sealed class SdkViewer(
    RealtimeSystem system, string token, string task, PipedSource source, Progress progress, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, int> _done = [];
    private long _offset;
    private long _next;
    private string _doing = string.Empty;

    /// <summary>What the terminal ended with, once told.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>What it did, how often.</summary>
    public string Story => $"C# SDK seed {seed}: {_offset} bytes; "
        + string.Join(", ", _done.OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"))
        + $"; last: {_doing}";

    /// <summary>Watches until the end was told; the SHA-256 of all bytes.</summary>
    public async Task<byte[]> RunAsync(CancellationToken stopping)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var network = new TcpFaultProxy(system.Edge().Port);
        try
        {
            var options = new TerminalOptions();
            Plan();
            while (ExitCode is null)
            {
                Count("clients");
                _doing = "connecting";
                await using var client = new RealtimeClient(new RealtimeClientOptions
                {
                    Url = new UriBuilder(system.Edge()) { Port = network.Port }.Uri,
                    Token = FixedToken.Of(token),
                    TrustedCertificate = system.Certificate,
                    Reconnect = new ReconnectOptions { Delay = TimeSpan.FromMilliseconds(20) },
                });
                await using TerminalSubscription subscription = client.SubscribeTerminal(task, options);
                await WatchAsync(subscription, network, hash, stopping);
                options = new TerminalOptions { From = subscription.Position!.Value };
                Assert.Equal(_offset, options.From.Value);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            progress.Finished();
        }
    }

    // Until the end, or until it leaves.
    private async Task WatchAsync(
        TerminalSubscription subscription, TcpFaultProxy network, IncrementalHash hash, CancellationToken stopping)
    {
        bool isLeaving = false;
        _doing = "reading";
        await foreach (TerminalItem item in subscription.WithCancellation(stopping))
        {
            _doing = "taking";
            if (isLeaving)
            {
                // Only what was before it counts as taken.
                return;
            }

            switch (item)
            {
                case TerminalBytesItem bytes:
                    Assert.Equal(_offset, bytes.Offset);
                    source.AssertHolds(_offset, bytes.Data.Span, Story);
                    hash.AppendData(bytes.Data.Span);
                    _offset += bytes.Data.Length;
                    progress.Saw(bytes.Data.Length, _offset);
                    break;
                case TerminalEndItem end:
                    ExitCode = end.ExitCode;
                    return;
                default:
                    Assert.Fail($"{item}. {Story}");
                    break;
            }

            if (_offset >= _next)
            {
                Plan();
                isLeaving = !await FollowWhimAsync(subscription, network, stopping);
            }

            _doing = "reading";
        }
    }

    private void Plan() => _next = _offset + _random.Next(50_000, 3_000_000);

    // False if it leaves.
    private async Task<bool> FollowWhimAsync(
        TerminalSubscription subscription, TcpFaultProxy network, CancellationToken stopping)
    {
        switch (_random.Next(4))
        {
            case 0:
                Count("stalls");
                _doing = "stalling";
                await progress.StallAsync(_random.Next(100_000, 10_000_000)).WaitAsync(stopping);
                return true;
            case 1:
                Count("pauses");
                _doing = "pausing";
                await subscription.PauseAsync(stopping);
                _doing = "paused";
                await progress.StallAsync(_random.Next(100_000, 10_000_000)).WaitAsync(stopping);
                _doing = "resuming";
                await subscription.ResumeAsync(stopping);
                return true;
            case 2:
                Count("cuts");
                network.Cut();
                return true;
            default:
                Count("goodbyes");
                return false;
        }
    }

    private void Count(string what) => _done[what] = _done.GetValueOrDefault(what) + 1;
}
