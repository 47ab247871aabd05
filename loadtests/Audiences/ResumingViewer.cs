using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Audiences;

/// <summary>
/// A viewer that keeps its cursor and connects again when it was cut, as the SDKs do: after a random time of at most
/// 500 ms, doubled with each failure in a row, behind what it saw last.
/// </summary>
internal sealed class ResumingViewer
{
    private const int PartitionsMax = 1024;

    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(30);

    private readonly Target _target;
    private readonly EventPlan _plan;
    private readonly int _number;
    private readonly EventViewer _viewer;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<int, byte[]> _cursor = [];
    private ViewerConnection? _connection;
    private bool _isRecovered;

    /// <summary>Makes viewer number <paramref name="number"/> of a plan.</summary>
    public ResumingViewer(Target target, EventPlan plan, int number, Step deliver, TimeProvider time)
    {
        _target = target;
        _plan = plan;
        _number = number;
        _time = time;
        _viewer = new EventViewer(plan, number, deliver);
    }

    /// <summary>What it saw.</summary>
    public EventViewer Seen => _viewer;

    /// <summary>When each connection was cut, and when the next had its subscription; timestamps.</summary>
    public List<(long Cut, long Back)> Returns { get; } = [];

    /// <summary>Returns that were not told to be a whole resume.</summary>
    public int NotRecovered { get; private set; }

    /// <summary>Events told to be gone.</summary>
    public int Gaps { get; private set; }

    /// <summary>Connections or attempts that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Why the last one did.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public async Task OpenAsync(CancellationToken stopping) => _connection = await ConnectAsync(stopping);

    /// <summary>Watches, and connects again as often as need be, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using CancellationTokenRegistration registration = stopping.Register(() => _connection?.Stop());
        while (!stopping.IsCancellationRequested)
        {
            string? end = await _connection!.RunAsync(OnMessage);
            long cut = Stopwatch.GetTimestamp();
            await _connection.DisposeAsync();
            if (end is null || !await ReturnAsync(cut, end, stopping))
            {
                return;
            }
        }
    }

    private async Task<bool> ReturnAsync(long cut, string end, CancellationToken stopping)
    {
        LastFailure = end;
        TimeSpan delay = FirstDelay;
        while (true)
        {
            Failures++;
            try
            {
                await Task.Delay(delay * Random.Shared.NextDouble(), _time, stopping);
                _connection = await ConnectAsync(stopping);
                Returns.Add((cut, Stopwatch.GetTimestamp()));
                NotRecovered += _isRecovered ? 0 : 1;
                return true;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception failure) when (failure is ViewerException or OperationCanceledException)
            {
                LastFailure = failure.Message;
                delay = delay * 2 < DelayMax ? delay * 2 : DelayMax;
            }
        }
    }

    private async Task<ViewerConnection> ConnectAsync(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(AttemptMax);
        string after = _cursor.Count == 0
            ? string.Empty
            : "&after=" + string.Join(',', _cursor.Values.Select(Encoding.ASCII.GetString));
        return await ViewerConnection.OpenAsync(
            _target,
            new ViewerOpening(_plan.PathOf(_number) + after, _target.ViewerTokens.TokenOf(_number))
            {
                Edge = _target.EdgeOf(_number),
                OnOpening = OnMessage,
            },
            patience.Token);
    }

    private void OnMessage(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"op\":\"subscribed\""u8) >= 0)
        {
            _isRecovered = message.IndexOf("\"recovered\":true"u8) >= 0;
        }

        Gaps += message.Count("\"op\":\"gap\""u8);
        _viewer.OnMessage(message);
        KeepCursor(message);
    }

    // Positions stand as "partition:ms-offset.epoch", in the ids of events and in the lists of cursors, always in
    // order: the last of a partition is where it stands. No payload of a load holds any.
    private void KeepCursor(ReadOnlySpan<byte> message)
    {
        for (int quote = message.IndexOf((byte)'"'); quote >= 0; quote = message.IndexOf((byte)'"'))
        {
            message = message[(quote + 1)..];
            int end = message.IndexOf((byte)'"');
            if (end < 0)
            {
                return;
            }

            ReadOnlySpan<byte> text = message[..end];
            message = message[(end + 1)..];
            if (Utf8Parser.TryParse(text, out int partition, out int digits) && digits < text.Length
                && text[digits] == ':' && partition is >= 0 and < PartitionsMax)
            {
                if (!_cursor.TryGetValue(partition, out byte[]? known) || !text.SequenceEqual(known))
                {
                    _cursor[partition] = text.ToArray();
                }
            }
        }
    }
}
